# shellcheck shell=sh disable=SC2015,SC2034,SC2154 # Other parts set and read variables; fail ends the script.
# A renewal, in steps that a later run completes:
#
#   pairs/pending/renews   the serial number of the certificate that the new key is to replace
#   pairs/pending/key      the new key; kept until it has a certificate, so that a request that is repeated makes no second one
#   pairs/pending/chain    its certificate and issuers, once the service has issued them
#   pairs/pending/restarts "yes" where the new pair takes effect only by a restart
#
# Needs: directory, state, work, profile; chain, key and serial of the current pair.

# renew: returns 0 where the new pair is in place, 1 where it does not work, 4 where the service refuses, 5 where the next
# run tries again.
renew() {
  pending=$directory/pairs/pending
  make_pending
  [ -f "$pending/chain" ] || ask_for_certificate || return $?
  install_pending
}

# make_pending: a key for the certificate that is current now, and its request. One for another certificate is of no use.
make_pending() {
  if [ "$(cat "$pending/renews" 2>/dev/null)" = "$serial" ] && make_request "$pending/key" "$work/request.der"; then return 0; fi
  rm -rf "$pending" "$work/pending"
  (umask 022 && mkdir -p "$directory/pairs") && mkdir "$work/pending" || fail "cannot write to $directory: run this as root"
  kind=$(kind_of "$chain") || fail "$openssl does not know the kind of key that $chain has: set the variable OPENSSL to another version"
  make_key "$kind" | encrypt_key >"$work/pending/key"
  make_request "$work/pending/key" "$work/request.der" || fail "$openssl cannot make a key ($kind)"
  printf '%s\n' "$serial" >"$work/pending/renews"
  sync
  mv "$work/pending" "$pending" || fail "cannot write $pending"
}

# encrypt_key: where the deployment does so, in the one form that every reader takes; it is never on the disk without.
encrypt_key() {
  if [ -z "$passphrase" ]; then cat; else
    "$openssl" pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 100000 -passout "$passin"
  fi
}

# ask_for_certificate: by a proof of the current key. The same new key gets the same certificate, however often it asks. A
# deployment that the service refuses is no reason not to renew: it says only which parts need a restart.
ask_for_certificate() {
  agent=$(agent_id)
  request_members="\"csr\":\"$("$openssl" base64 -A -in "$work/request.der")\",\"serialNumber\":\"$serial\"${trust_sha256:+,\"trustSha256\":\"$trust_sha256\"}${agent:+,\"fleetAgentId\":\"$agent\"}"
  prove renew /renew "$key" "$chain" "$request_members"
  refusal=$?
  if [ "$refusal" -eq 4 ] && [ -n "$deployment" ] && [ "$(json_text code "$work/body")" = deployment_refused ]; then
    say "renewing without $deployment: correct it"
    deployment=
    prove renew /renew "$key" "$chain" "$request_members"
    refusal=$?
  fi
  [ "$refusal" -eq 0 ] || return "$refusal"
  read_chain >"$work/chain"
  if ! belongs "$pending/key" "$work/chain"; then
    say "the service's response has no certificate for the key that was sent: $url may be another service"
    return 5
  fi
  needs_restart >"$work/restarts"
  mv "$work/restarts" "$pending/restarts" && mv "$work/chain" "$pending/chain" || fail "cannot write $pending"
}

# read_chain: the certificate and its issuers of the response, the first of these names in it: a kit may have more.
read_chain() {
  {
    json_text certificate "$work/body"
    tr -d '\n' <"$work/body" | awk '
      match($0, /"chain": *\[[^]]*\]/) {
        text = substr($0, RSTART, RLENGTH)
        sub(/^"chain": */, "", text)
        gsub(/[]["]/, "", text)
        gsub(/, */, "", text)
        print text
      }'
  } | sed 's/\\n/\
/g' | sed '/^$/d'
}

# needs_restart: "yes" where the response says that a part on this host reads new files only when it starts. What has no
# agent is restarted by the command of the settings, or not at all.
needs_restart() {
  case $profile in
    agent | fleet-server | output-client)
      if grep -Eq '"(agent|fleetServer|outputs|elasticDefend)": *"restart"' "$work/body"; then printf yes; fi
      ;;
    *) [ -z "$restart" ] || printf yes ;;
  esac
}

# install_pending: the pending pair becomes current in one step. Returns 1 where it does not work.
install_pending() {
  new=$(read_certificate "$pending/chain" && printf '%s' "$serial") && belongs "$pending/key" "$pending/chain" || {
    rm -rf "$pending"
    say "$pending was damaged: the next run makes a new key"
    return 5
  }
  if ! verifies "$directory/ca.crt" "$pending/chain"; then
    say "the new certificate does not lead to a root in $directory/ca.crt, so the old one stays"
    return 1
  fi
  works "$pending/chain" "$pending/key" || return 1
  link_pair "$profile.crt" "$profile.key"
  new_pair
  cp -p "$key" "$chain" "$pair/" && cat "$pending/key" >"$pair/$profile.key" && cat "$pending/chain" >"$pair/$profile.crt" ||
    fail "cannot write $pair"
  keep_pair "$new"
  remember unconfirmed "$serial $(current_pair) $new"
  if [ "$(cat "$pending/restarts")" = yes ]; then remember restart yes; fi
  switch_pair "$new"
  rm -rf "$pending"
  say "the new certificate is in place: $new, valid until $(read_certificate "$chain" && time_of "$until")"
}

# works CERTIFICATE KEY: false where Fleet Server refuses them, and takes the current ones.
works() {
  try_pair "$1" "$2"
  [ "$tried" = refused ] || return 0
  why=$(sed -n '1s/^curl: *//p' "$work/error")
  try_pair "$chain" "$key"
  [ "$tried" = accepted ] || return 0
  say "$fleet_url refuses the new certificate, but not the old one, which stays: $why"
  return 1
}

# settle: what is left to do for a pair that a renewal made current: a restart, and to confirm it. Returns 1 or 5 where that
# has to wait for the next run.
settle() {
  # shellcheck disable=SC2046 # A serial number and the names of two pairs.
  set -- $(recall unconfirmed)
  if [ "$#" -ne 3 ] || [ "$3" != "$serial" ]; then
    forget unconfirmed restart
    return 0
  fi
  [ -z "$(recall restart)" ] || restart_with "$2" "$3" || return 1
  confirm "$1"
}

# restart_with OLD NEW: an agent that was healthy and is not with the new pair gets the old one back, for a day.
restart_with() {
  was_well=no
  if is_well; then was_well=yes; fi
  restart || return 1
  if [ "$was_well" = yes ] && ! becomes_well 60; then
    say "Elastic Agent is not healthy with the new certificate: back to the old one, until tomorrow"
    switch_pair "$1"
    forget unconfirmed restart
    open_pair
    due=$(($(now) + 86400))
    remember_plan 86400
    restart
    return 1
  fi
  forget restart
}

# confirm OLD: the predecessor can renew no more.
confirm() {
  prove 'confirm the new certificate' /renew/confirm "$key" "$chain" "\"serialNumber\":\"$1\""
  case $? in
    0) ;;
    4) say 'the next renewal confirms it too' ;;
    *) return 5 ;;
  esac
  forget unconfirmed
  forget_pairs
}

# prove WHAT PATH KEY CERTIFICATE MEMBERS: a request with a statement that the key signs, dated by the service's clock.
prove() {
  send_proof "$@"
  refused=$?
  [ "$refused" -eq 4 ] && [ "$(json_text code "$work/body")" = proof_not_fresh ] || return "$refused"
  read_clock
  send_proof "$@"
}

send_proof() {
  proof=$(make_proof "$3" "$4" "{$5,\"iat\":$(now),\"aud\":\"$url$2\"}") || fail "$openssl cannot sign with $3: $(sed 1q "$work/error")"
  printf '{"jws":"%s"' "$proof" >"$work/proof"
  if [ "$2" = /renew ] && [ -n "$deployment" ]; then printf ',"deployment":%s' "$(cat "$deployment")" >>"$work/proof"; fi
  printf '}' >>"$work/proof"
  persistently "$1" "$2" --header 'content-type: application/json' --data "@$work/proof"
}
