import type { CommonName } from '../domain/common-name.ts';

/** Agents that an answer has commands for. */
const MAX_AGENTS = 20;

/** What needs no quoting anywhere: the id came from a host. */
const PLAIN_ID = /^[0-9A-Za-z-]{1,64}$/;

/** The key goes to curl on standard input, since other users of the host see arguments. */
const CURL = "printf 'Authorization: ApiKey %s' \"$KIBANA_API_KEY\" | curl -sS -H @- -H 'kbn-xsrf: true'";

/**
 * Commands of POSIX sh that unenroll the agents of these certificates in Fleet and invalidate their API keys (Kibana API
 * reference, "Unenroll an agent"); of the first 20. Where a host has not reported the id of its agent, a command looks it
 * up by host name first. Not `force`: that would unenroll agents that Elastic manages.
 */
export function unenrollCommands(
  records: readonly { readonly name: CommonName; readonly fleetAgentId?: string }[],
): readonly string[] {
  return records
    .slice(0, MAX_AGENTS)
    .flatMap(({ name, fleetAgentId }) =>
      fleetAgentId !== undefined && PLAIN_ID.test(fleetAgentId)
        ? [unenroll(fleetAgentId)]
        : [lookUp(name), unenroll('<id of the agent>')],
    );
}

function unenroll(id: string): string {
  return `${CURL} -H 'Content-Type: application/json' -d '{"revoke":true}' "\${KIBANA_URL%/}/api/fleet/agents/${id}/unenroll"`;
}

function lookUp(name: string): string {
  return `${CURL} -G --data-urlencode 'kuery=active:true and local_metadata.host.hostname:"${name}"' -d showInactive=true "\${KIBANA_URL%/}/api/fleet/agents"`;
}
