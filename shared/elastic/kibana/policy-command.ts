import { kibanaPolicySh } from '#host-scripts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';
import { changeCommand } from './kibana-api.ts';

/**
 * What Kibana requires of an update, or resets without it (kibana, fleet/server/types/models/agent_policy.ts,
 * services/agent_policy.ts).
 */
const KEPT = 'name namespace inactivity_timeout overrides';

/** A passphrase that the kit does not have is removed with the key that it was for. */
const NO_PASSPHRASE = { key_passphrase: null, key_passphrase_path: null };

/** For a POSIX shell with curl and awk: shared/hosts/kibana-policy.sh, which moves an agent policy to these settings. */
export function policyCommand(ssl: Readonly<Record<string, unknown>>): string {
  const patch = JSON.stringify({ ...NO_PASSPHRASE, ...ssl });
  return changeCommand(KEPT, withVariables(kibanaPolicySh(), { ssl: shellWord(patch) }));
}
