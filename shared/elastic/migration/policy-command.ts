import { KIBANA_SHELL } from '../outputs/kibana-api.ts';
import { shellWord } from '../syntax/shell.ts';

const PATH = '/api/fleet/agent_policies/$AGENT_POLICY_ID';

/**
 * For a POSIX shell with curl and jq: reads the policy and sends back what Kibana requires or would reset (name,
 * namespace, inactivity_timeout), and its overrides with `ssl` in `fleet.ssl`. The old passphrase is removed with the
 * key that it was for.
 */
export function policyCommand(ssl: Readonly<Record<string, unknown>>): string {
  const merge = [
    '.item | {name, namespace, inactivity_timeout, overrides: ((.overrides // {})',
    ' | .fleet.ssl |= ((. // {}) | del(.key_passphrase, .key_passphrase_path) + $ssl))}',
    ' | with_entries(select(.value != null))',
  ].join('');
  return `(
${KIBANA_SHELL}
: "\${AGENT_POLICY_ID:?must be set to the id of the agent policy}"
saved() { test "\${answer##*[!0-9]}" = 200 || { printf '%s\\n' "$answer" >&2; exit 1; }; }
answer=$(send GET "${PATH}" </dev/null)
saved
body=$(printf '%s\\n' "$answer" | sed '$d' | jq --argjson ssl ${shellWord(JSON.stringify(ssl))} ${shellWord(merge)})
answer=$(printf '%s\\n' "$body" | send PUT "${PATH}")
saved
echo "agent policy $AGENT_POLICY_ID: saved"
)`;
}
