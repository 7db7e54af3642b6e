# Under set -eu: enrolls with a key. Needs parts/pod-request.sh, and
#   key      a file
#   token    a bootstrap token
#   names    what follows the CSR in the JSON of POST /v1/enroll
#   discard  a function, called where the service refuses this key or its names
#
# The token goes through a pipe, since others can read arguments; the CSR as base64 of its DER needs no escaping in JSON.
# For the same key, the service always returns the same, also a refusal, as for a key whose certificate was revoked or has
# expired before it was fetched.
# shellcheck shell=sh disable=SC2154 # the variables above
openssl req -new -key "$key" -subj / -outform DER -out "$files/request.der"
printf '{"csr":"%s",%s' "$(openssl base64 -A -in "$files/request.der")" "$names" >"$files/request.json"
code=$(printf 'authorization: Bearer %s' "$token" | send /enroll --header @- --data "@$files/request.json") || {
  no_answer
  exit 1
}
case $code in
  200 | 201) ;;
  *)
    refused 'the request' "$code"
    case $code in 409 | 422) discard ;; esac
    exit 1
    ;;
esac
