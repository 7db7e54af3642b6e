#!/bin/sh
# Sets a variable for the service of Elastic Agent on macOS, as root, and restarts the agent if it was not set. Needs an
# agent that is installed. Can be run again at any time.
#
# launchd reads the file of a service only when it loads it; Elastic Agent loads and unloads its own in the same way
# (kardianos/service). Installing the agent again writes the file again, without the variable; an upgrade leaves it alone.
#
# In a subshell, and in kits without these comments, so that it can be pasted into zsh too.
(
set -eu
umask 022
name=FLEETSEAL_DIR
value=/usr/local/etc/fleetseal
label=co.elastic.elastic-agent
daemons=/Library/LaunchDaemons
file=$daemons/$label.plist
fail() { echo "fleetseal: $1" >&2; exit 1; }
editor=/usr/libexec/PlistBuddy
edit() { "$editor" -c "$1" "$2" 2>/dev/null; }
is_loaded() { launchctl list "$label" >/dev/null 2>&1; }
[ -f "$file" ] || fail 'Elastic Agent is not installed: install it, and run this again'
if [ "$(edit "Print :EnvironmentVariables:$name" "$file" || :)" != "$value" ]; then
  cp -p "$file" "$file.new"
  edit 'Add :EnvironmentVariables dict' "$file.new" >/dev/null || :
  edit "Delete :EnvironmentVariables:$name" "$file.new" >/dev/null || :
  edit "Add :EnvironmentVariables:$name string $value" "$file.new" || fail "cannot change $file"
  chmod 644 "$file.new"
  launchctl unload "$file" || :
  left=90
  while is_loaded; do
    [ "$left" -gt 0 ] || fail 'Elastic Agent does not stop: run this again'
    left=$((left - 1))
    sleep 1
  done
  mv -f "$file.new" "$file"
fi
is_loaded || launchctl load "$file"
echo "fleetseal: $name is set for the service of Elastic Agent"
)
