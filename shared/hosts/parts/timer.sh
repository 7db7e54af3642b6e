# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# The job that runs this script: a systemd timer, a launchd job, or a line of cron. It runs often and does nothing until the
# moment of the renewal, so a host that was off renews soon after it is back.
units=/etc/systemd/system
systemd=/run/systemd/system
daemons=/Library/LaunchDaemons
cron=/etc/cron.d

# timer_interval: a fiftieth of the certificate's life, from a minute to an hour. Seconds.
timer_interval() {
  interval=$(((until - from) / 50))
  [ "$interval" -le 3600 ] || interval=3600
  [ "$interval" -ge 60 ] || interval=60
}

# timer_name: of this directory's job, in the letters that cron takes for a file (cron(8)).
timer_name() { name=fleetseal-rotate$(printf '%s' "$directory" | tr -c 'A-Za-z0-9' '-'); }

# scheduler: the first that this user may use.
scheduler() {
  if [ -d "$systemd" ] && [ -w "$units" ]; then printf systemd
  elif [ "$(uname)" = Darwin ] && [ -w "$daemons" ]; then printf launchd
  elif [ -d "$cron" ] && [ -w "$cron" ]; then printf cron
  elif command -v crontab >/dev/null 2>&1; then printf crontab
  else printf none; fi
}

install_timer() {
  case $directory in *[!A-Za-z0-9/._-]*) fail "$directory has other characters than letters, digits and /._-, which not every scheduler takes: schedule $script yourself" 2 ;; esac
  timer_name
  timer_interval
  [ -f "$script" ] || fail "save this script as $directory/rotate.sh, and run it from there" 2
  case $(scheduler) in
    systemd) install_systemd ;;
    launchd) install_launchd ;;
    cron) write_job "$(cron_line root) # $name" "$cron/$name" && scheduled="$cron/$name, $(log_place)" ;;
    crontab) read_table && printf '%s\n' "$(cron_line) # $name" >>"$work/table" && crontab "$work/table" && scheduled="a line of crontab -l, $(log_place)" ;;
    none) fail "there is no systemd, launchd or cron here that this user may use: run $script every $(span_of "$interval") yourself" ;;
  esac || fail "cannot schedule $script"
  say "$script runs every $(span_of "$interval"): $scheduled"
}

remove_timer() {
  timer_name
  if [ -e "$units/$name.timer" ]; then
    systemctl disable --now --quiet "$name.timer"
    rm -f "$units/$name.timer" "$units/$name.service" && systemctl daemon-reload
  fi
  if [ -e "$daemons/$name.plist" ]; then
    launchctl bootout "system/$name" 2>/dev/null
    rm -f "$daemons/$name.plist"
  fi
  [ ! -e "$cron/$name" ] || rm -f "$cron/$name"
  if [ -n "$(table_line)" ]; then read_table && crontab "$work/table"; fi
  say "$script is not scheduled"
}

# table_line: this job's in the table of the user; nothing where there is none.
table_line() { crontab -l 2>/dev/null | grep "# $name\$"; }

# read_table: the other lines, into $work/table. A table that cannot be read is not replaced by one without them.
read_table() {
  crontab -l >"$work/crontab" 2>"$work/error" || grep -Eqi 'no crontab|no such file' "$work/error" ||
    fail "cannot read the table of crontab -l, which other jobs are in, too: $(sed 1q "$work/error")"
  grep -v "# $name\$" "$work/crontab" >"$work/table" || :
}

# write_job TEXT FILE: whole or not at all; schedulers ignore the other name.
write_job() { printf '%s\n' "$1" >"$2.new" && chmod 644 "$2.new" && mv -f "$2.new" "$2"; }

# cron_line [USER]: at a minute of its own, every hour or more often. What cron mails, few people read.
cron_line() {
  if [ "$interval" -ge 3600 ]; then minutes=$(random_below 59)
  else minutes="*/$(((interval + 59) / 60))"; fi
  printf '%s * * * *%s /bin/sh %s --directory %s%s' "$minutes" "${1:+ $1}" "$script" "$directory" "$(log_pipe)"
}

log_pipe() { if command -v logger >/dev/null 2>&1; then printf ' 2>&1 | logger -t %s' "$name"; fi; }

# log_place: where its messages are.
log_place() { if command -v logger >/dev/null 2>&1; then printf 'messages in the system log as %s' "$name"; else printf 'messages by mail of cron'; fi; }

install_systemd() {
  write_job "[Unit]
Description=Renews the certificate in $directory when it is time
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/bin/sh $script --directory $directory
PrivateTmp=yes
TimeoutStartSec=1h" "$units/$name.service" &&
    write_job "[Unit]
Description=Renews the certificate in $directory when it is time

[Timer]
OnBootSec=2min
OnUnitInactiveSec=$interval
RandomizedDelaySec=$((interval / 10))

[Install]
WantedBy=timers.target" "$units/$name.timer" &&
    systemctl daemon-reload && systemctl enable --now --quiet "$name.timer" &&
    scheduled="systemctl list-timers $name.timer"
}

install_launchd() {
  write_job "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
  <key>Label</key><string>$name</string>
  <key>ProgramArguments</key>
  <array><string>/bin/sh</string><string>$script</string><string>--directory</string><string>$directory</string></array>
  <key>StartInterval</key><integer>$interval</integer>
  <key>RunAtLoad</key><true/>
  <key>StandardErrorPath</key><string>/var/log/$name.log</string>
</dict>
</plist>" "$daemons/$name.plist" || return 1
  launchctl bootout "system/$name" 2>/dev/null
  launchctl bootstrap system "$daemons/$name.plist" && scheduled="launchctl print system/$name"
}
