#!/bin/sh
# The first part of the commands that change Fleet's settings in Kibana.
#
# - send METHOD PATH sends its input, and prints the body and the status, each on its own lines. The credentials have a
#   separate file descriptor (curl -H @file, from 7.55.0): they are in no process argument and in no file.
# - change PATH NAME PATCH merges the patch into the object in $answer (kibana-merge.awk), writes it if that changes
#   anything, and prints what. Kibana has no versions to compare: of two changes at the same time, the later one wins.
set -eu
: "${KIBANA_URL:?must be set to the address of Kibana}" "${KIBANA_API_KEY:?must be set to an API key of Kibana}"
merge='{ print }'
keep=''
send() {
  curl -sS -H @/dev/fd/3 -H 'kbn-xsrf: true' -H 'Content-Type: application/json' -w '\n%{http_code}' -X "$1" --data-binary @- "${KIBANA_URL%/}$2" 3<<END
Authorization: ApiKey $KIBANA_API_KEY
END
}
code() { printf '%s\n' "$answer" | sed -n '$p'; }
saved() { test "$(code)" = 200 || { printf '%s\n' "$answer" >&2; exit 1; }; }
change() {
  saved
  merged=$({ printf '%s\n' "$3"; printf '%s\n' "$answer" | sed '$d'; } | LC_ALL=C awk "$merge" "$keep")
  what=$(printf '%s\n' "$merged" | sed q)
  case $what in changed*)
    answer=$(printf '%s\n' "$merged" | sed 1d | send PUT "$1")
    saved ;;
  esac
  echo "$2: $what"
}
