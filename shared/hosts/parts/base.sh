# shellcheck shell=sh
# What bootstrap.sh and rotate.sh have in common.
# shellcheck source=parts/log.sh
. ./parts/log.sh
# shellcheck source=parts/time.sh
. ./parts/time.sh
# shellcheck source=parts/wait.sh
. ./parts/wait.sh
# shellcheck source=parts/fingerprint.sh
. ./parts/fingerprint.sh
# shellcheck source=parts/request.sh
. ./parts/request.sh
# shellcheck source=parts/files.sh
. ./parts/files.sh
# shellcheck source=parts/lock.sh
. ./parts/lock.sh
# shellcheck source=parts/pair.sh
. ./parts/pair.sh
# shellcheck source=parts/keys.sh
. ./parts/keys.sh
# shellcheck source=parts/certificate.sh
. ./parts/certificate.sh
# shellcheck source=parts/run-as.sh
. ./parts/run-as.sh

# begin: how a run treats variables, programs and files of its own.
begin() {
  set -u
  LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin"
  export LC_ALL PATH
  umask 077
}
