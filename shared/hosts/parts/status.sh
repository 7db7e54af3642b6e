# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# What rotate.sh says without changing anything: --status and --dry-run.

# look: what a run knows, or would ask for; changes nothing.
look() {
  work=$(mktemp -d) || fail 'cannot make a temporary directory'
  trap 'rm -rf "$work"' EXIT
  chain=$directory/$profile.crt
  key=$directory/$profile.key
  read_certificate "$chain" || fail "$chain cannot be read as a certificate"
  # shellcheck disable=SC2046 # A serial number and numbers.
  read_plan $(recall plan)
  [ -n "$due" ] || ! ask_window || { opens=$start closes=$end; }
}

# print_status: one line. The moment of the renewal is drawn by the first run, so there may be none yet.
print_status() {
  printf '%s %s (%s): valid until %s' "$profile" "$subject" "$serial" "$(time_of "$until")"
  if [ "$(now)" -ge "$until" ]; then printf ' (EXPIRED)'; fi
  if is_refused; then printf ', refused by the service'
  elif [ -z "$due" ]; then printf ', the next run picks the time of its renewal'
  elif [ "$due" -le "$(now)" ]; then printf ', renews at the next run'
  else printf ', renews at %s (in %s)' "$(time_of "$due")" "$(span_of "$((due - $(now)))")"; fi
  [ -z "$opens" ] || printf ', window from %s to %s' "$(time_of "$opens")" "$(time_of "$closes")"
  echo
}

# print_plan: what a run would do now.
print_plan() {
  print_status
  if [ -z "$urgent" ] && [ -n "$due" ] && [ "$(now)" -lt "$due" ]; then
    echo "would do nothing before $(time_of "$due")"
  elif [ -z "$urgent" ] && [ -z "$due" ]; then
    echo 'would pick a time in the window, and do nothing before it'
  else
    echo "would make a new key ($(kind_of "$chain")), and renew with the current one at $url/renew"
    echo "would replace $key and $chain in one step${fleet_url:+, if $fleet_url takes them}"
    [ -z "$restart" ] || echo "would run, if the service says that it is needed: $restart"
  fi
  echo "would bring $directory/ca.crt up to date from $url/trust.pem"
}
