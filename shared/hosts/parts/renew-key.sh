# shellcheck shell=sh disable=SC2015,SC2034,SC2154 # Scripts that include this set and read variables.
# Renewal by a proof of the key that is held, for which nobody needs a token. Needs parts/pod-request.sh, parts/keys.sh and
# parts/proof.sh, and held_key and held_certificate, the files of the present pair, and ca.crt, the roots that came with it;
# they may be missing or empty.
openssl=openssl passin='' work=$files

# ask WHAT PATH [CURL ARGUMENTS...]: sets code to the status. Returns 1 where it is no success, and prints why.
ask() {
  what=$1
  shift
  code=$(send "$@") || {
    no_answer
    return 1
  }
  case $code in 2??) return 0 ;; esac
  refused "$what" "$code"
  return 1
}

# prove WHAT PATH MEMBERS: the same with a statement that the held key signs.
prove() {
  proof=$(make_proof "$held_key" "$held_certificate" "{$3,\"iat\":$(date -u +%s),\"aud\":\"$url/v1$2\"}") || {
    printf 'fleetseal: openssl cannot sign with the present key\n' >&2
    return 1
  }
  printf '{"jws":"%s"}' "$proof" >"$files/request.json"
  ask "$1" "$2" --data "@$files/request.json"
}

# is_final: whether what failed would fail again: the key cannot sign, or the service does not know the certificate (401
# proof_rejected), or refuses it (409, 422). A clock that is wrong, or a gateway that refuses everything, can be put right.
is_final() {
  [ -z "$proof" ] || case $code in
    409 | 422) ;;
    *) grep -q '"proof_rejected"' "$files/answer.json" ;;
  esac
}

# serial_of FILE: the serial number of its first certificate, 36 hex digits of this service.
serial_of() { openssl x509 -in "$1" -noout -serial | sed 's/^serial=//' | tr A-F a-f; }

# renew KEY: asks for a certificate of another key. Sets renewed to the serial number of the one that it renews, or to nothing
# where there is none, or where the service does not renew it. Returns 1 where it may do so later.
renew() {
  renewed=
  if [ ! -s "$held_key" ] || [ ! -s "$held_certificate" ]; then return 0; fi
  openssl req -new -key "$1" -subj / -outform DER -out "$files/request.der"
  trust=$(openssl dgst -sha256 -r ca.crt | cut -c-64)
  prove 'the renewal' /renew "${trust:+\"trustSha256\":\"$trust\",}\"csr\":\"$(openssl base64 -A -in "$files/request.der")\"" && renewed=$(serial_of "$held_certificate") || is_final
}

# confirm SERIAL: the held pair is in its place, so its predecessor can renew no more. Returns 1 where it may do so later; a
# refusal for good changes nothing, since the next renewal confirms it too.
confirm() { prove 'the confirmation' /renew/confirm "\"serialNumber\":\"$1\"" || is_final; }

# window: of the held certificate. Sets start (14 digits) and retry_after (seconds), both to nothing where nobody knows.
window() {
  start='' retry_after=''
  ask 'to say when to renew' "/renewal/$(serial_of "$held_certificate")" || return 0
  start=$(text_of start | tr -dc 0-9)
  retry_after=$(sed -n 's/.*"retryAfter": *\([0-9]*\).*/\1/p' "$files/answer.json")
}
