#!/bin/sh
# The service writes the values of a kit before this text, and a description as the second line.
# shellcheck disable=SC2034,SC2154
[ -z "${values_only:-}" ] || return 0

# shellcheck source=parts/log.sh
. ./parts/log.sh
# shellcheck source=parts/files.sh
. ./parts/files.sh
# shellcheck source=parts/lock.sh
. ./parts/lock.sh
# shellcheck source=parts/pair.sh
. ./parts/pair.sh
# shellcheck source=parts/keys.sh
. ./parts/keys.sh
# shellcheck source=parts/place.sh
. ./parts/place.sh
# shellcheck source=parts/run-as.sh
. ./parts/run-as.sh
# shellcheck source=parts/agent-command.sh
. ./parts/agent-command.sh

usage() {
  cat <<'HELP'
Usage: sh SCRIPT [--key FILE] [--run]

Puts the files of this certificate in place, each with its owner and mode, and prints the command that enrolls the agent.
If the certificate is not issued yet, it puts the other files in place, and takes neither --key nor --run.

  --key FILE   the key of the certificate signing request: it is put in place with the certificate, in one step
               default: the key is in its place already, and is not touched
  --run        run the command too: elastic-agent enroll, or install if the archive is unpacked in this directory
  --help       this text
HELP
}

set -u
LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin"
export LC_ALL PATH
umask 077

key='' run=''
while [ "$#" -gt 0 ]; do
  case $1 in
    --key)
      [ "$#" -ge 2 ] || fail '--key needs a file: see --help' 2
      key=$2
      shift
      ;;
    --run) run=yes ;;
    --help | -h) usage && exit 0 ;;
    *) fail "unknown argument $1: see --help" 2 ;;
  esac
  shift
done
[ -z "$key" ] || [ -f "$key" ] || fail "there is no file $key" 2
if [ -z "$serial_number" ]; then
  [ -z "$key$run" ] || fail "the certificate of $profile $name is not issued yet: enroll first, then use --key and --run with the script of the issued certificate" 2
  say "the certificate of $profile $name is not issued yet: only the other files are put in place"
fi
case $run$install_command$enroll_command in
  yes*'{{'*) fail 'the command for the agent has {{...}} where the service does not know a value: fill it in and run it yourself, or request the kit with that value' 2 ;;
esac
[ -z "$warnings" ] || printf '%s\n' "$warnings" | while IFS= read -r line; do say "warning: $line"; done

openssl=${OPENSSL:-openssl} passin=
require "$openssl" awk sed
make_directory "$directory"
lock "$directory"
make_work "$directory"
place_files "$key"
choose_agent .
if [ -n "$serial_number" ]; then
  say "the certificate of $profile $name is in place until $not_after: $directory"
elif [ -n "$container_commands$install_command$enroll_command$variable_script" ]; then
  say 'when the missing files are in place too, run:'
fi
if [ -n "$run" ] && [ -n "$agent_line" ]; then
  run_agent && set_variable
elif [ -n "$run" ] && only_variable; then
  set_variable
else
  print_agent
fi
