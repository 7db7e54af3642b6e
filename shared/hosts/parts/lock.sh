# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# lock DIRECTORY [SECONDS]: one run at a time; waits for another, @default 300 seconds. The lock is on descriptor 9 and ends
# with this process, also when it is killed; a program that outlives this one is started with 9>&-. macOS has no flock, but
# perl, whose lock stays with the descriptor.
lock() {
  open_lock "$1"
  waited=0
  until take_lock; do
    [ "$waited" -lt "${2:-300}" ] || fail "another run has been at work in $1 for ${2:-300} seconds: wait for it, or end it" 5
    [ "$waited" -gt 0 ] || say "another run is at work in $1: waiting for it"
    sleep 1
    waited=$((waited + 1))
  done
}

# open_lock DIRECTORY: a file that no other user can open: who may only read one can hold its lock, and would stop every renewal.
open_lock() {
  (umask 077 && : >>"$1/.lock") 2>/dev/null || fail "cannot write to $1: run this as root"
  exec 9<>"$1/.lock"
}

take_lock() {
  if command -v flock >/dev/null 2>&1; then
    flock -n 9
  elif command -v perl >/dev/null 2>&1; then
    perl -e 'open(my $lock, "<&=", 9) or exit 2; exit !flock($lock, 6)'
  else
    fail 'flock or perl is required: install one'
  fi
}
