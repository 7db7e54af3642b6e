#!/bin/sh
# bootstrap.sh of fleetseal @version@
#
# Gives this host its certificate: makes a key, enrolls it with a bootstrap token, puts the files in place, has Elastic Agent
# use them, and schedules their renewal. It may be run again at any time: it goes on where it stopped.
# shellcheck source=parts/base.sh
. ./parts/base.sh
# shellcheck source=parts/place.sh
. ./parts/place.sh
# shellcheck source=parts/agent-command.sh
. ./parts/agent-command.sh
# shellcheck source=parts/arguments.sh
. ./parts/arguments.sh
# shellcheck source=parts/enroll.sh
. ./parts/enroll.sh
# shellcheck source=parts/finish.sh
. ./parts/finish.sh

usage() {
  cat <<'HELP'
Usage: sh bootstrap.sh --url URL --trust-sha256 HEX [--token-file FILE] [OPTION]...

Gives this host its certificate, has Elastic Agent use it, and schedules its
renewal. Run it as root. If it stops, run the same line again: it goes on where
it stopped.

  --url URL              the service: https://HOST/v1
  --trust-sha256 HEX     the fingerprint of the service's trust bundle, as
                         "fleetseal trust" prints it; may be repeated: any of
                         them will do
  --token-file FILE      the bootstrap token; "-" reads it from standard input.
                         Or the variable FLEETSEAL_TOKEN
  --token TOKEN          the same; other users of this host can see it while
                         this runs
  --cacert FILE          the CA of the service's TLS certificate, if it is not
                         publicly trusted
  --name NAME            the name to certify; default: this host's name, up to
                         the first dot
  --dns-name NAME        a DNS name to certify; may be repeated
  --ip-address ADDRESS   an IP address to certify; may be repeated
  --deployment FILE      what runs here: the JSON object "deployment" of
                         POST /v1/enroll. Without it, only the certificate, its
                         key and the roots are put in place
  --directory DIRECTORY  for the files; default: that of the deployment, or
                         /etc/fleetseal (macOS: /usr/local/etc/fleetseal)
  --key-type TYPE        rsa2048, rsa3072 (default), rsa4096, p256, p384, p521
                         or ed25519
  --agent DIRECTORY      where the archive of Elastic Agent is unpacked; default:
                         here. An installed agent is found by itself
  --dry-run              print the elastic-agent command instead of running it;
                         everything else is done
  --start-delay SECONDS  wait up to that long first, so that hosts that start
                         together do not all come at once
  --no-timer             do not schedule the renewal: schedule
                         DIRECTORY/rotate.sh yourself
  --again                replace a certificate that is still good
  --help                 this text

Exit code:
  0  done
  1  something is wrong on this host
  2  wrong arguments
  3  this host does not trust the service: its TLS certificate, its trust bundle
     or what it issued
  4  the service refuses
  5  gave up for now: run it again
HELP
}

# Called by the last line: a download that was cut off runs nothing.
main() {
  begin
  read_arguments "$@"
  choose_openssl "$passphrase_file"
  # The key is encrypted only when it is put in place.
  passin=
  require curl awk sed od cmp
  [ "$(id -u)" -eq 0 ] || without_root
  make_directory "$directory"
  look_above "$directory"
  lock "$directory"
  make_work "$directory"
  pending=$directory/pairs/pending
  if is_done; then exit 0; fi
  if ! has_kit; then
    read_token
    wait_to_start
    check_trust || exit
    obtain_kit || exit
  fi
  read_kit
  place_files "$pending/key"
  # shellcheck disable=SC2154 # The kit sets these.
  say "the certificate of $profile $name is in place: $directory/$profile.crt, valid until $not_after"
  install_rotation || exit
  code=0
  start_agent || code=1
  schedule || code=1
  [ "$code" -ne 0 ] || finish
  [ "$code" -eq 0 ] || say 'run the same line again when that is mended: it goes on here'
  exit "$code"
}
main "$@"
