import { KIBANA_POLICY_SH, KIBANA_SEND_SH } from '../../hosts/scripts.generated.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';

/** For a POSIX shell with curl and jq: shared/hosts/kibana-policy.sh, which moves an agent policy to these `ssl` settings. */
export function policyCommand(ssl: Readonly<Record<string, unknown>>): string {
  const policy = withVariables(KIBANA_POLICY_SH, { ssl: shellWord(JSON.stringify(ssl)) });
  return `(\n${KIBANA_SEND_SH}${policy})`;
}
