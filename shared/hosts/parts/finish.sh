# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# What bootstrap.sh does once the certificate is in place.

# without_root: says what that means before anything is done. A deployment's files belong to the users that its programs run
# as; without a deployment, nobody else needs them.
without_root() {
  [ -z "$deployment" ] || fail 'run this as root: the files of a deployment belong to the users that its programs run as'
  say 'this does not run as root: all files will belong to you'
  keeps_owner=yes
}

# look_above DIRECTORY: root runs what is in it. Who may change a directory above can put another one in its place.
look_above() {
  [ "$(id -u)" -eq 0 ] || return 0
  above=$(cd -P "$1" && pwd)
  while [ "$above" != / ]; do
    above=$(dirname "$above")
    # shellcheck disable=SC2012
    found=$(ls -ldn "$above/." | awk '{ print $1, $3 }')
    case $found in
      *[!0-9]0) ;;
      *) say "$above belongs to another user, who can replace $1: better name a --directory that is root's all the way" ;;
    esac
    case $found in
      ?????w* | ????????w*) [ -k "$above" ] || say "$above may be written to by other users, who can replace $1: run chmod go-w $above, or name another --directory" ;;
    esac
  done
}

# install_rotation: rotate.sh, and the settings that it reads.
install_rotation() {
  persistently 'fetch rotate.sh' /rotate.sh || return
  { sed -n 1p "$work/body" | grep -qx '#!/bin/sh' && sh -n "$work/body" 2>/dev/null; } || fail "$url/rotate.sh is not a script" 5
  own "$work/body" rotate.sh 0755
  if [ -n "$cacert" ]; then own "$cacert" service-ca.crt 0644; fi
  if [ -n "$deployment" ]; then
    # Fleet's token enrolls other agents too, and a renewal does not need it.
    sed 's/\("fleetEnrollmentToken"[[:space:]]*:[[:space:]]*"\)[^"]*"/\1not-kept"/' "$deployment" >"$work/deployment"
    own "$work/deployment" deployment.json 0600
  fi
  settings >"$work/settings" || fail "cannot write to $work"
  own "$work/settings" fleetseal.conf 0644
}

# own SOURCE NAME MODE: a file of the directory that belongs to the user who runs this.
own() { install_file "$1" "$directory/$2" "$(id -u)" "$(id -g)" "$3"; }

# settings: those of rotate.sh.
settings() {
  printf "# For rotate.sh: NAME='value'\n"
  printf "%s='%s'\n" URL "$url" CACERT "${cacert:+$directory/service-ca.crt}" PROFILE "$profile" FLEET_URL "$fleet_url" \
    PASSPHRASE_FILE "$passphrase_file" RESTART "$restart_command" AGENT_USER "$agent_user" DEPLOYMENT "${deployment:+$directory/deployment.json}"
}

# start_agent: runs or prints the command that enrolls the agent. Not twice: each time, Fleet would have one more agent.
start_agent() {
  [ ! -e "$pending/enrolled" ] || { set_variable; return; }
  choose_agent "$agent_directory"
  if [ -z "$dry_run" ] && [ -n "$agent_line" ]; then
    run_agent && : >"$pending/enrolled" && set_variable
  elif [ -z "$dry_run" ] && only_variable; then
    set_variable
  elif print_agent | is_secret; then
    say 'there is no Elastic Agent here that could be enrolled. Its command has headers or the login of a proxy, which do not belong in a log: to see it, run this on a terminal with --again --dry-run, and a token with onExistingName "replace"'
  elif [ -n "$install_command$enroll_command$container_commands${variable_script:-}" ]; then
    [ -n "$dry_run" ] || say 'there is no Elastic Agent here that could be enrolled. Run this:'
    print_agent | without_token
  elif [ -z "$deployment" ]; then
    say 'no --deployment was named, so there is no command for Elastic Agent'
  fi
}

# is_read: by a person, or asked for; false in the log of another tool.
is_read() { [ -n "$dry_run" ] || [ -t 1 ]; }

# is_secret: whether the lines have secrets besides Fleet's token, in a log.
is_secret() { ! is_read && grep -Eq -e '--(proxy-)?header=|FLEET_HEADERS?=|--proxy-url=[^ ]*@'; }

# without_token: the lines; in a log, without Fleet's token.
without_token() {
  if is_read; then cat; else sed "s/\(--enrollment-token=\)[^ ']*/\1{{FLEET_ENROLLMENT_TOKEN}}/g"; fi
}

# finish: nothing is left to do. The lock was free for a moment: a run that has begun since may have made another key.
finish() {
  lock "$directory"
  [ "$(kit_hash)" != "$finished" ] || rm -rf "$pending"
}

# kit_hash: of the kit; nothing if it is gone.
kit_hash() { { "$openssl" dgst -sha256 <"$pending/kit"; } 2>/dev/null; }

# schedule: rotate.sh takes the lock itself.
schedule() {
  finished=$(kit_hash)
  exec 9<&-
  [ -n "$timer" ] || return 0
  sh "$directory/rotate.sh" --directory "$directory" --install-timer && return 0
  say "or add --no-timer, and run $directory/rotate.sh every hour yourself"
  return 1
}
