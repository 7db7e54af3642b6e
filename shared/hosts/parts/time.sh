# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Times are seconds since 1970. Not every date can read one or write one for a given moment, but every awk can compute.

# seconds_of TEXT: of a time as RFC 3339, openssl or HTTP writes it; nothing for anything else.
seconds_of() {
  printf '%s\n' "$1" | awk '
    function seconds(year, month, day, clock, part) {
      split(clock, part, ":")
      year -= month < 3
      month += month < 3 ? 9 : -3
      return (365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month + 2) / 5) + day - 719469) * 86400 + part[1] * 3600 + part[2] * 60 + part[3]
    }
    function month_of(name) { return (index("JanFebMarAprMayJunJulAugSepOctNovDec", name) + 2) / 3 }
    { sub(/\r$/, "") }
    /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z$/ {
      found = seconds(substr($0, 1, 4) + 0, substr($0, 6, 2) + 0, substr($0, 9, 2) + 0, substr($0, 12, 8))
    }
    /^[A-Z][a-z][a-z] +[0-9]+ [0-9:]+ [0-9]+ GMT$/ { found = seconds($4 + 0, month_of($1), $2 + 0, $3) }
    /^[A-Z][a-z][a-z], [0-9]+ [A-Z][a-z][a-z] [0-9]+ [0-9:]+ GMT$/ { found = seconds($4 + 0, month_of($3), $2 + 0, $5) }
    END { if (found != "") printf "%.0f", found }'
}

# time_of SECONDS: as RFC 3339 writes it.
time_of() {
  awk -v "seconds=$1" 'BEGIN {
    days = int(seconds / 86400)
    rest = seconds - days * 86400
    days += 719468
    era = int(days / 146097)
    day = days - era * 146097
    year = int((day - int(day / 1460) + int(day / 36524) - int(day / 146096)) / 365)
    day -= 365 * year + int(year / 4) - int(year / 100)
    month = int((5 * day + 2) / 153)
    day -= int((153 * month + 2) / 5) - 1
    month += month < 10 ? 3 : -9
    year += era * 400 + (month < 3)
    printf "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, int(rest / 3600), int(rest / 60) % 60, rest % 60
  }'
}

# span_of SECONDS: for people, of what is not negative.
span_of() {
  if [ "$1" -ge 172800 ]; then printf '%s days' "$(($1 / 86400))"
  elif [ "$1" -ge 7200 ]; then printf '%s hours' "$(($1 / 3600))"
  elif [ "$1" -ge 120 ]; then printf '%s minutes' "$(($1 / 60))"
  else printf '%s seconds' "$1"; fi
}

# The clock of the service, once it has sent a response; until then the host's. Renewal must not depend on the host's.
skew=0
now() { printf '%s' "$(($(date -u +%s) + skew))"; }

# read_clock: sets skew by the Date of the last response. A difference that a request itself may take counts as none; one
# that other programs may stumble over is reported, once.
read_clock() {
  sent=$(seconds_of "$(header date)")
  [ -n "$sent" ] || return 0
  known=$skew
  skew=$((sent - $(date -u +%s)))
  if [ "$skew" -ge -60 ] && [ "$skew" -le 60 ]; then skew=0; fi
  [ "$known" -eq 0 ] || return 0
  if [ "$skew" -gt 300 ]; then say "the clock of this host is $(span_of "$skew") behind that of the service: correct it"; fi
  if [ "$skew" -lt -300 ]; then say "the clock of this host is $(span_of "$((-skew))") ahead of that of the service: correct it"; fi
}
