#!/bin/sh
# Moves an agent policy to a new certificate: $ssl in its overrides; follows kibana-send.sh.
ssl='{}'
: "${AGENT_POLICY_ID:?must be set to the id of the agent policy}"
policy=/api/fleet/agent_policies/$AGENT_POLICY_ID
# shellcheck disable=SC2034 # change reads it
answer=$(send GET "$policy" </dev/null)
change "$policy" "agent policy $AGENT_POLICY_ID" "{\"overrides\":{\"fleet\":{\"ssl\":$ssl}}}"
