# shellcheck shell=sh disable=SC2034,SC2154 # Scripts that include this set and read variables.
# Requests of pods to the service, with openssl, curl 7.55 or later and sed. They need: url, the API's address without a
# path; files, a directory for temporary files.

# send PATH [CURL ARGUMENTS...]: prints the HTTP status; the response is in $files/answer.json.
send() {
  : >"$files/answer.json"
  address=$url/v1$1
  shift
  curl --silent --show-error --retry 5 --connect-timeout 10 --max-time 60 "$@" --header 'content-type: application/json' --output "$files/answer.json" --write-out '%{http_code}' "$address"
}

# text_of MEMBER: of the response, a string without a quotation mark.
text_of() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$files/answer.json"; }

# refused WHAT STATUS: says why, in the words of the service.
refused() {
  detail=$(sed 's/"errors": *\[.*//' "$files/answer.json" | sed -n 's/.*"detail": *"\(\([^"\\]*\(\\.\)*\)*\)".*/\1/p' | sed 's/\\\(["\\/]\)/\1/g')
  printf 'fleetseal: %s refused %s with %s: %s\n' "$url" "$1" "$2" "${detail:-it sent no reason}" >&2
}

no_answer() { printf 'fleetseal: no answer from %s\n' "$url" >&2; }
