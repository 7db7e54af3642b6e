# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# How long a host is patient; the simulation of a storm of hosts takes these numbers too. Full jitter: each wait is drawn
# evenly between nothing and a bound that doubles from first_wait to longest_wait, so that hosts that failed together do
# not come back together.
first_wait=4
longest_wait=60
tries=40
# Seconds. A service that asks for more patience is asked again by the next run: nobody waits, and the directory is not locked.
longest_pause=900

# random_below SECONDS: a number from 0 to SECONDS, which hosts that booted in the same second do not share.
random_below() {
  drawn=$(od -An -N4 -tu4 /dev/urandom | tr -d ' \n')
  printf '%s' "$((drawn % ($1 + 1)))"
}

# wait_seconds TRY [RETRY_AFTER]: how long to wait after a failed try, the first of which is 1.
wait_seconds() {
  bound=$first_wait
  doubled=1
  while [ "$doubled" -lt "$1" ] && [ "$bound" -lt "$longest_wait" ]; do
    bound=$((bound * 2))
    doubled=$((doubled + 1))
  done
  [ "$bound" -le "$longest_wait" ] || bound=$longest_wait
  printf '%s' "$((${2:-0} + $(random_below "$bound")))"
}
