# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Whether the job of timer.sh is there, and when it runs next.

# print_schedule: one line: whether this script runs by itself, and when it does next.
print_schedule() {
  timer_name
  if [ -e "$units/$name.timer" ]; then systemd_schedule
  elif [ -e "$daemons/$name.plist" ]; then launchd_schedule
  elif [ -r "$cron/$name" ]; then cron_schedule "$cron/$name" "$(cat "$cron/$name")"
  elif [ -n "$(table_line)" ]; then cron_schedule 'a line of crontab -l' "$(table_line)"
  else echo "not scheduled: run $script --install-timer, or run it every hour yourself"; fi
}

next_run() { printf 'scheduled: %s, next run at %s (in %s)\n' "$1" "$(time_of "$2")" "$(span_of "$(($2 - $(date -u +%s)))")"; }

# systemd_schedule: a timer that waits for its service to end has no next time.
systemd_schedule() {
  line=$(TZ=UTC systemctl list-timers --full --no-legend --no-pager "$name.timer")
  next=$(seconds_of "$(printf '%s\n' "$line" | awk '$4 == "UTC" { print $2 "T" $3 "Z"; exit }')")
  if [ -z "$line" ]; then echo "not scheduled: $name.timer is stopped, run systemctl enable --now $name.timer"
  elif [ -z "$next" ]; then echo "scheduled: $name.timer, which runs now"
  elif [ "$next" -lt "$(date -u +%s)" ]; then echo "scheduled: $name.timer, which runs in a moment"
  else next_run "$name.timer" "$next"; fi
}

launchd_schedule() {
  interval=$(sed -n 's/.*<key>StartInterval<.key><integer>\([0-9]*\)<.*/\1/p' "$daemons/$name.plist")
  if launchctl print "system/$name" >/dev/null 2>&1; then echo "scheduled: launchd job $name, every $(span_of "${interval:-3600}")"
  else echo "not scheduled: launchd job $name is not loaded, run launchctl bootstrap system $daemons/$name.plist"; fi
}

# cron_schedule PLACE LINE: the first field is a minute, or */ and a number of minutes.
cron_schedule() {
  field=${2%% *} minute=$(date +%M) ahead=1
  while [ "$ahead" -lt 60 ]; do
    at=$(((${minute#0} + ahead) % 60))
    case $field in
      \*/*) [ "$((at % ${field#??}))" -ne 0 ] || break ;;
      *) [ "$at" -ne "$field" ] || break ;;
    esac
    ahead=$((ahead + 1))
  done
  seconds=$(date -u +%s)
  next_run "$1" "$((seconds - seconds % 60 + ahead * 60))"
}
