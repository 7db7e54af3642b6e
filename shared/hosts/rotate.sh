#!/bin/sh
# rotate.sh of fleetseal @version@
#
# Renews the certificate of a directory that bootstrap.sh set up, when it is time. Run it often: it does nothing until then.
# shellcheck source=parts/base.sh
. ./parts/base.sh
# shellcheck source=parts/state.sh
. ./parts/state.sh
# shellcheck source=parts/settings.sh
. ./parts/settings.sh
# shellcheck source=parts/proof.sh
. ./parts/proof.sh
# shellcheck source=parts/trust.sh
. ./parts/trust.sh
# shellcheck source=parts/window.sh
. ./parts/window.sh
# shellcheck source=parts/agent.sh
. ./parts/agent.sh
# shellcheck source=parts/renew.sh
. ./parts/renew.sh
# shellcheck source=parts/timer.sh
. ./parts/timer.sh
# shellcheck source=parts/schedule.sh
. ./parts/schedule.sh
# shellcheck source=parts/status.sh
. ./parts/status.sh

usage() {
  cat <<'HELP'
Usage: sh rotate.sh [--directory DIRECTORY] [--trust-sha256 HEX]
                    [--now | --dry-run | --status |
                     --install-timer | --remove-timer]

Renews the certificate that bootstrap.sh put into DIRECTORY, when it is time: at
a moment of its own in the window that the service suggests. Run it as often as
you like: it does only what is due. It changes key and certificate in one step,
keeps ca.crt up to date, and restarts the agent only where the service says that
new files need it.

  --directory DIRECTORY  the one of bootstrap.sh; default: where this script is
  --now                  renew now, whatever the window
  --dry-run              say what would be done, and change nothing
  --status               until when the certificate is valid, when this host
                         renews it, and when this script runs next by itself
  --trust-sha256 HEX     trust the service's roots if this is their fingerprint,
                         also those that no root of this host has certified
  --install-timer        run every hour, or more often for short-lived
                         certificates, by systemd, launchd or cron
  --remove-timer         undo --install-timer
  --help                 this text

Exit code:
  0  renewed, or nothing to do
  1  something is wrong on this host
  2  wrong arguments
  3  as 0, but ca.crt does not have all of the service's roots
  4  the service refuses the certificate
  5  not this time: the next run tries again
HELP
}

# read_arguments ARGUMENT...: sets directory, mode, urgent and expected; and script, this file, absolute: the scheduler runs it
# from elsewhere.
read_arguments() {
  directory='' mode=run urgent='' expected=''
  while [ "$#" -gt 0 ]; do
    case $1 in
      --directory | --trust-sha256) [ "$#" -ge 2 ] || fail "$1 needs a value: see --help" 2 ;;
    esac
    case $1 in
      --directory) directory=${2%/} && shift ;;
      --trust-sha256)
        expected=$(fingerprint "$2") || exit
        shift
        ;;
      --now) urgent=yes ;;
      --dry-run | --status | --install-timer | --remove-timer) mode=${1#--} ;;
      --help | -h) usage && exit 0 ;;
      *) fail "unknown argument $1: see --help" 2 ;;
    esac
    shift
  done
  script=$0
  case $script in /*) ;; */*) script=$(cd "$(dirname "$0")" && pwd)/${0##*/} ;; *) [ ! -f "$script" ] || script=$(pwd)/$script ;; esac
  directory=${directory:-$(dirname "$script")}
  case $directory in /*) ;; *) directory=$(cd "$directory" 2>/dev/null && pwd) || fail 'there is no such --directory' 2 ;; esac
}

# open_pair: the current pair. Where something else has damaged the files at their paths, the pair that was current stays.
open_pair() {
  chain=$directory/$profile.crt
  key=$directory/$profile.key
  if read_certificate "$chain" && belongs "$key" "$chain"; then return 0; fi
  current=$directory/pairs/current/$profile
  if read_certificate "$current.crt" && belongs "$current.key" "$current.crt"; then
    say "$chain and $key do not belong together: back to the last pair"
    replace_link "pairs/current/$profile.crt" "$profile.crt" "$directory"
    replace_link "pairs/current/$profile.key" "$profile.key" "$directory"
    return 0
  fi
  read_certificate "$chain" || fail "$chain cannot be read as a certificate: restore it, or enroll again with bootstrap.sh"
  fail "$key is not the key of $chain, or needs another passphrase: restore it, or enroll again with bootstrap.sh"
}

# is_refused: whether the service refused the current certificate a short while ago, by this host's clock; a moment that is
# further away than any was of a clock that was wrong.
is_refused() {
  # shellcheck disable=SC2046 # A serial number and a number.
  set -- $(recall refused)
  [ "${1:-}" = "$serial" ] && refused_until=$2 && [ "$(date -u +%s)" -lt "$2" ] && [ "$(($2 - $(date -u +%s)))" -le 90000 ]
}

# refused: by the service, which is asked again only tomorrow, or after a third of a short life. What a gateway, a firewall or
# another program said in its place may be put right in an hour, so the next run tries again.
refused() {
  code=4
  case $(json_text code "$work/body") in
    '' | access_denied | internal | malformed_request | method_not_allowed | not_found | payload_too_large | unsupported_media_type) return 0 ;;
  esac
  again=$(((until - from) / 3))
  [ "$again" -le 86400 ] || again=86400
  remember refused "$serial $(($(date -u +%s) + again))"
}

# run: what is due, in the order in which each step may need the one before.
run() {
  due='' opens=0 closes=0
  if [ -z "$urgent" ] && is_refused; then
    fail "the service refused this certificate: it is asked again after $(time_of "$refused_until"), or with --now" 4
  fi
  settle || code=$?
  if [ -z "$urgent$expected" ] && is_early; then return 0; fi
  refresh_trust || code=$?
  find_moment
  case $? in
    4)
      refused
      return 0
      ;;
    5) code=5 ;;
  esac
  if [ -z "$urgent" ] && [ "$(now)" -lt "$due" ]; then return 0; fi
  [ "$code" -ne 5 ] || code=0
  renew
  case $? in
    0) open_pair && settle || code=$? ;;
    4) refused ;;
    *) code=$? ;;
  esac
}

# Called by the last line: a copy that was cut off runs nothing.
main() {
  begin
  read_arguments "$@"
  require curl awk sed cmp
  read_settings "$directory/fleetseal.conf"
  choose_openssl "$passphrase"
  state=$directory/.rotation
  code=0
  case $mode in
    install-timer | remove-timer | run)
      check_directory "$directory"
      case $mode in run) open_lock "$directory" ;; *) lock "$directory" ;; esac
      if [ "$mode" = run ] && ! take_lock; then
        say "another run is at work in $directory"
        exit 0
      fi
      make_work "$directory"
      mkdir -p "$state" || fail "cannot write to $directory: run this as root"
      [ "$mode" = remove-timer ] || open_pair
      ;;
    *) look ;;
  esac
  case $mode in
    run) run ;;
    status) print_status && print_schedule ;;
    dry-run) print_plan ;;
    install-timer) install_timer ;;
    remove-timer) remove_timer ;;
  esac
  exit "$code"
}
main "$@"
