# shellcheck shell=sh disable=SC2015,SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# When this host renews: at a random moment of the window that the service suggests, drawn once and remembered, so that hosts
# whose certificates were issued together do not come back together. Where the service can't be asked, in the last third of
# the certificate's life. Needs: serial, from, until (of the current certificate), state.

# is_early: whether there is nothing to do and nothing to ask yet. The next question is dated by this host's clock, the
# renewal by the service's: a host whose clock is wrong asks, and then knows.
is_early() {
  # shellcheck disable=SC2046 # A serial number and numbers.
  read_plan $(recall plan)
  wait=$((asks - $(date -u +%s)))
  [ -n "$due" ] && [ "$wait" -gt 0 ] && [ "$wait" -le 90000 ] && [ "$(now)" -lt "$due" ]
}

# find_moment: sets due, opens and closes, seconds since 1970. Returns 4 where the service refuses this
# certificate, and 5 where it does not respond: then the moment is one of before, or this host's own.
find_moment() {
  # shellcheck disable=SC2046
  read_plan $(recall plan)
  if ask_window; then
    plan "$start" "$end"
  else
    case $status in 404 | 409 | 410) say "the service refuses this certificate: $(reason)" && return 4 ;; esac
    say "cannot ask when to renew: $(reason)"
    third=$(((until - from) / 3))
    [ -n "$due" ] || plan "$((until - third))" "$((until - third / 2))"
    remember_plan 0
    return 5
  fi
  remember_plan "$pause"
}

# remember_plan SECONDS: until the service is asked again.
remember_plan() { remember plan "$serial $due $opens $closes $(($(date -u +%s) + $1))"; }

# ask_window: sets start and end of the window, and pause, the seconds until it may be asked for again.
ask_window() {
  pause=0
  request 'ask when to renew' "/renewal/$serial"
  asked=$?
  read_clock
  [ "$asked" -eq 0 ] || return 1
  start=$(seconds_of "$(json_text start "$work/body")")
  end=$(seconds_of "$(json_text end "$work/body")")
  pause=$(header retry-after)
  case $pause in '' | *[!0-9]* | ????????*) pause=21600 ;; esac
  [ -n "$start" ] && [ -n "$end" ] || fail "the response of $url/renewal/$serial has no window" 5
}

# read_plan SERIAL DUE OPENS CLOSES ASKS: what was remembered; nothing of another certificate.
read_plan() {
  due='' opens='' closes='' asks=0
  [ "${1:-}" = "$serial" ] && [ "$#" -eq 5 ] || return 0
  due=$2 opens=$3 closes=$4 asks=$5
}

# plan START END: a new moment where the window is another one than before. Of one that has begun, what is left counts.
plan() {
  if [ "$1" = "$opens" ] && [ "$2" = "$closes" ] && [ -n "$due" ]; then return 0; fi
  opens=$1 closes=$2
  left=$(now)
  [ "$left" -ge "$opens" ] || left=$opens
  due=$left
  [ "$closes" -le "$left" ] || due=$((left + $(random_below "$((closes - left))")))
}
