# Under set -eu: enrolls with a key and writes the certificate and its issuers. Needs openssl, curl 7.55 or later and sed;
# and the variables
#   key, certificate  files; the key exists
#   files             a directory for temporary files; afterwards, the response is in answer.json there
#   url, token        the API's address without a path, and a bootstrap token
#   names             what follows the CSR in the JSON of POST /v1/enroll
#   discard           a file to remove if the service refuses this key or its names; may be empty
#
# The token goes through a pipe, since others can read arguments; the CSR as base64 of its DER needs no escaping in JSON.
# For the same key, the service always returns the same, also a refusal, as for a key whose certificate was revoked or has
# expired before it was fetched.
# shellcheck shell=sh disable=SC2154 # the variables above
openssl req -new -key "$key" -subj / -outform DER -out "$files/request.der"
printf '{"csr":"%s",%s' "$(openssl base64 -A -in "$files/request.der")" "$names" >"$files/request.json"
code=$(printf 'authorization: Bearer %s' "$token" | curl --silent --show-error --retry 5 --connect-timeout 10 --max-time 60 --header @- --header 'content-type: application/json' --data "@$files/request.json" --output "$files/answer.json" --write-out '%{http_code}' "$url/v1/enroll") || {
  printf 'fleetseal: no answer from %s\n' "$url" >&2
  exit 1
}
case $code in
  200 | 201) ;;
  *)
    reason=$(sed 's/"errors": *\[.*//' "$files/answer.json" | sed -n 's/.*"detail": *"\(\([^"\\]*\(\\.\)*\)*\)".*/\1/p' | sed 's/\\\(["\\/]\)/\1/g')
    printf 'fleetseal: %s refused the request with %s: %s\n' "$url" "$code" "${reason:-it sent no reason}" >&2
    case $code in 409 | 422) [ -z "$discard" ] || rm -f "$discard" ;; esac
    exit 1
    ;;
esac
leaf=$(sed -n 's/.*"certificate": *"\([^"]*\)".*/\1/p' "$files/answer.json")
issuers=$(sed -n 's/.*"chain": *\[\([^]]*\)].*/\1/p' "$files/answer.json" | sed 's/", *"//g; s/"//g')
printf '%b' "$leaf$issuers" >"$certificate"
