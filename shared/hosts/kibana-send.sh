#!/bin/sh
# The first part of the commands that change Fleet's settings in Kibana. Defines send METHOD PATH, which sends its input
# and prints the body and the status, each on its own lines. The credentials have a separate file descriptor
# (curl -H @file, from 7.55.0): they are in no process argument and in no file.
set -eu
: "${KIBANA_URL:?must be set to the address of Kibana}" "${KIBANA_API_KEY:?must be set to an API key of Kibana}"
send() {
  curl -sS -H @/dev/fd/3 -H 'kbn-xsrf: true' -H 'Content-Type: application/json' -w '\n%{http_code}' -X "$1" --data-binary @- "${KIBANA_URL%/}$2" 3<<END
Authorization: ApiKey $KIBANA_API_KEY
END
}
