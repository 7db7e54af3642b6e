# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# The enrollment of bootstrap.sh, in steps that a later run completes:
#
#   pairs/pending/key        the key; a request that is repeated has the same key, and gets the same certificate
#   pairs/pending/kit        what the service issued, once it was checked; it holds Fleet's enrollment token, and is removed
#                            when everything is done
#   pairs/pending/deployment the deployment that it was rendered for, if any
#   pairs/pending/asked      the names that were asked for
#   pairs/pending/enrolled   there once the agent is enrolled
#
# Needs: directory, pending, work, url, openssl, and the arguments.

# is_done: whether an earlier run has done everything, and its certificate is still good.
is_done() {
  [ -z "$again" ] && [ -f "$directory/fleetseal.conf" ] && [ ! -f "$pending/kit" ] || return 1
  held=$(sed -n "s/^PROFILE='\(.*\)'\$/\1/p" "$directory/fleetseal.conf")
  read_certificate "$directory/$held.crt" && [ "$until" -gt "$(now)" ] || return 1
  [ "$subject" = "$(printf '%s' "$asked_name" | tr '[:upper:]' '[:lower:]')" ] ||
    fail "$directory has the certificate of $subject, and not of $asked_name: name another --directory, or replace it with --again"
  say "nothing to do: $directory has the certificate of $held $subject, valid until $(time_of "$until"). To replace it, add --again"
}

has_kit() {
  [ -f "$pending/kit" ] || return 1
  if is_for_names && is_for_deployment && [ -f "$pending/key" ] && keep_certificate "$pending/kit" && read_certificate "$work/chain" && [ "$until" -gt "$(now)" ]; then
    say 'going on with the certificate of an earlier run'
  else
    rm -f "$pending/kit"
    return 1
  fi
}

# is_for_names: whether the kit of an earlier run has the names that this run was given.
is_for_names() { [ "$(cat "$pending/asked" 2>/dev/null)" = "$(asked)" ]; }

asked() { printf '%s [%s] [%s]\n' "$asked_name" "$dns_names" "$ip_addresses"; }

# is_for_deployment: whether the kit of an earlier run is for what this run was given. The service renders another one for
# the same certificate.
is_for_deployment() {
  if [ -n "$deployment" ]; then cmp -s "$deployment" "$pending/deployment"; else [ ! -f "$pending/deployment" ]; fi
}

wait_to_start() {
  [ "$start_delay" -gt 0 ] || return 0
  seconds=$(random_below "$start_delay")
  say "starting in $seconds s (--start-delay)"
  sleep "$seconds"
}

# check_trust: the bundle of the service is the one that the administrator named. Nothing is sent before.
check_trust() {
  persistently "fetch the trust bundle of $url" /trust.pem || {
    is_untrusted && return 3
    return 5
  }
  mv "$work/body" "$work/bundle"
  served=$("$openssl" dgst -sha256 <"$work/bundle" | sed 's/^.*= *//')
  case " $trust " in
    *" $served "*) ;;
    *)
      say "$url has a trust bundle with the fingerprint $served, but --trust-sha256 is$trust"
      say "this is another service, or its roots have changed since: compare with what \"fleetseal trust\" prints on a machine that you trust"
      return 3
      ;;
  esac
}

# obtain_kit: enrolls, and keeps what the service issued.
obtain_kit() {
  make_pending_key
  ask_for_kit
  case $? in
    0) ;;
    4)
      case $(json_text code "$work/body") in
        request_differs | certificate_revoked | certificate_expired) ;;
        *) return 4 ;;
      esac
      say 'trying again with a new key'
      rm -rf "$pending"
      make_pending_key
      ask_for_kit || return
      ;;
    *) return 5 ;;
  esac
  check_kit "$work/body" || return
  rm -f "$pending/deployment"
  if [ -n "$deployment" ]; then cp "$deployment" "$pending/deployment" || fail "cannot write $pending"; fi
  { asked >"$work/asked" && mv "$work/asked" "$pending/asked" && mv "$work/body" "$pending/kit"; } || fail "cannot write $pending"
}

make_pending_key() {
  [ ! -f "$pending/renews" ] || rm -rf "$pending"
  if "$openssl" pkey -in "$pending/key" -noout >/dev/null 2>&1 </dev/null; then return 0; fi
  rm -rf "$pending" "$work/pending"
  (umask 022 && mkdir -p "$directory/pairs") || fail "cannot write to $directory: run this as root"
  check_directory "$directory/pairs"
  mkdir "$work/pending" || fail "cannot write to $work"
  make_key "$key_type" >"$work/pending/key" 2>"$work/error" || fail "$openssl cannot make a key ($key_type): $(sed 1q "$work/error")"
  sync
  mv "$work/pending" "$pending" || fail "cannot write $pending"
}

# ask_for_kit: the token goes into a file that only this user can read, since other users can read arguments.
ask_for_kit() {
  make_request "$pending/key" "$work/request.der" || fail "$openssl cannot read $pending/key: remove $pending"
  {
    printf '{"csr":"%s","name":"%s"' "$("$openssl" base64 -A -in "$work/request.der")" "$asked_name"
    printf ',"dnsNames":[%s],"ipAddresses":[%s]' "$dns_names" "$ip_addresses"
    [ -z "$deployment" ] || { printf ',"deployment":' && cat "$deployment"; }
    printf '}'
  } >"$work/request.json" || fail "cannot write to $work"
  printf 'authorization: Bearer %s' "$token" >"$work/authorization"
  say "enrolling $asked_name at $url"
  persistently enroll /enroll --header "@$work/authorization" --header 'content-type: application/json' \
    --header 'accept: text/x-shellscript' --data-binary "@$work/request.json"
}

# check_kit FILE: what the service issued is for this key and leads to a root that the administrator named.
check_kit() {
  keep_certificate "$1" || fail 'the response of the service cannot be read: its version may be another one than that of this script' 5
  belongs "$pending/key" "$work/chain" || {
    say 'the service has issued a certificate for another key'
    return 3
  }
  verifies "$work/bundle" "$work/chain" || {
    say "the certificate does not lead to a root of the trust bundle: $(sed -n '/error/p' "$work/verified" | sed 1q). Check the clock of this host, too"
    return 3
  }
  [ ! -f "$work/roots" ] || cmp -s "$work/roots" "$work/bundle" || {
    say 'the service has issued other roots than its trust bundle has'
    return 3
  }
}

# keep_certificate KIT: copies the certificate with its issuers to $work/chain, and the roots, if the kit has them, to
# $work/roots. In a shell of its own: the values of a kit would replace variables here.
keep_certificate() {
  rm -f "$work/chain" "$work/roots"
  sh -n "$1" 2>/dev/null && (
    values_only=yes
    # shellcheck disable=SC1090
    . "$1" && files keep_contents
  ) && [ -s "$work/chain" ]
}

keep_contents() {
  case $1/$2 in
    certificate/kit) printf '%s' "$7" >"$work/chain" ;;
    roots/kit) printf '%s' "$7" >"$work/roots" ;;
  esac
}

# read_kit: sets the values of the kit, except for the directory, which is that of this run.
read_kit() {
  here=$directory
  values_only=yes
  # shellcheck disable=SC1091
  . "$pending/kit"
  if [ -n "$deployment" ] && [ "$directory" != "$here" ]; then
    fail "the service has rendered the files for $directory, and not for $here: name it as the directory of the deployment" 2
  fi
  directory=$here
}
