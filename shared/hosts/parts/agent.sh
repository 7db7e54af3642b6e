# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Elastic Agent on this host: who it is, whether it takes the certificate, and its restart. The program of an agent without
# privileges belongs to its user, who could replace it: root runs it as that user.

# agent_id: what Fleet calls this host's agent; nothing where there is none. Its own JSON is read by the one form that an id
# has: 8 to 12 hex digits in five groups.
agent_id() {
  command -v elastic-agent >/dev/null 2>&1 || return 0
  run_as "$agent_user" 'elastic-agent status --output json' 2>/dev/null 9>&- |
    sed -n 's/^ *"id": "\([0-9a-f]\{8\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{4\}-[0-9a-f]\{12\}\)",*$/\1/p' | sed 1q
}

# try_pair CERTIFICATE KEY: a request to Fleet Server with it. Sets tried to "accepted", "refused" or "unknown": no Fleet
# Server is named, or it can't be reached. A response of any status says that the handshake was accepted; a connection that
# ends without one may be a refusal: in TLS 1.3 the server looks at the certificate when the client is done.
try_pair() {
  tried=unknown
  [ -n "$fleet_url" ] || return 0
  passphrase_line >"$work/curl"
  curl --silent --show-error --proto '=https' --connect-timeout 10 --max-time 30 --config "$work/curl" --no-insecure \
    --cacert "$directory/ca.crt" --capath "$(no_cas)" --cert "$1" --key "$2" --output /dev/null "$fleet_url/api/status" 2>"$work/error"
  case $? in
    0) tried=accepted ;;
    16 | 35 | 52 | 55 | 56 | 58 | 92) tried=refused ;;
  esac
}

# passphrase_line: for curl's configuration, since other users can read arguments.
passphrase_line() {
  [ -z "$passphrase" ] || printf 'pass = "%s"\n' "$(sed 's/[\\"]/\\&/g' "$passphrase")"
}

# restart: the agent, or what the settings say. The descriptor of the lock stays here.
restart() {
  if [ -z "$restart" ]; then
    say "nothing is restarted: RESTART is empty in $directory/fleetseal.conf. Programs that have read the old files keep them until their restart"
    return 0
  fi
  say "restarting: $restart"
  sh -c "$restart" 9>&- >&2 || { say "cannot restart: $restart"; return 1; }
}

# is_well: whether the agent says that it is healthy; true where there is no agent to ask.
is_well() {
  command -v elastic-agent >/dev/null 2>&1 || return 0
  run_as "$agent_user" 'elastic-agent status' >/dev/null 2>&1 9>&-
}

# becomes_well SECONDS
becomes_well() {
  left=$1
  until is_well; do
    [ "$left" -gt 0 ] || return 1
    sleep 5
    left=$((left - 5))
  done
}
