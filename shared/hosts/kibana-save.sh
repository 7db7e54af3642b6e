#!/bin/sh
# Changes an object of Fleet's settings, or creates it if it is missing; follows kibana-send.sh. The lines of the body
# that only a new object takes are its id, which an update has in its path, and a name that the kit made up.
collection=/api/fleet/outputs
id=fleetseal
body='{}'
new=2d
answer=$(send GET "$collection/$id" </dev/null)
if test "$(code)" = 404; then
  # shellcheck disable=SC2034 # saved reads it
  answer=$(printf '%s\n' "$body" | send POST "$collection")
  saved
  echo "$id: created"
else
  change "$collection/$id" "$id" "$(printf '%s\n' "$body" | sed "$new")"
fi
