#!/bin/sh
# Moves an agent policy to a new certificate; follows kibana-send.sh, and needs jq. Reads the policy and sends back what
# Kibana requires or would reset (name, namespace, inactivity_timeout), and its overrides with $ssl in fleet.ssl. The old
# passphrase is removed with the key that it was for.
ssl='{}'
: "${AGENT_POLICY_ID:?must be set to the id of the agent policy}"
policy=/api/fleet/agent_policies/$AGENT_POLICY_ID
saved() { test "${answer##*[!0-9]}" = 200 || { printf '%s\n' "$answer" >&2; exit 1; }; }
answer=$(send GET "$policy" </dev/null)
saved
# shellcheck disable=SC2016 # $ssl is jq's
body=$(printf '%s\n' "$answer" | sed '$d' | jq --argjson ssl "$ssl" '.item | {name, namespace, inactivity_timeout, overrides: ((.overrides // {}) | .fleet.ssl |= ((. // {}) | del(.key_passphrase, .key_passphrase_path) + $ssl))} | with_entries(select(.value != null))')
answer=$(printf '%s\n' "$body" | send PUT "$policy")
saved
echo "agent policy $AGENT_POLICY_ID: saved"
