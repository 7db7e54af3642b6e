import * as z from 'zod/mini';
import type { FleetAgent } from '../domain/fleet-agent.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { type FleetAgents, FleetError } from '../revocation/ports.ts';
import { callKibana, type KibanaAnswer, type KibanaOptions, messageOf } from './request.ts';

/**
 * What is read of an agent (Kibana API reference, "Get an agent"); `active` is false once it is unenrolled. The agent itself
 * writes `local_metadata`, of whatever form: one that is odd is of no host, and hides no other.
 */
const AGENT = z.object({ id: z.string(), active: z.boolean(), local_metadata: z.optional(z.unknown()) });

const ONE = z.object({ item: AGENT });
const LIST = z.object({ items: z.array(AGENT), total: z.number() });

/** Agents that one page has: more of one host name cannot be told apart anyway. */
const PER_PAGE = 100;

/** Fleet's API for agents in Kibana 8 and 9. */
export function kibanaFleetAgents(options: KibanaOptions): FleetAgents {
  const path = (id: string) => `/api/fleet/agents/${encodeURIComponent(id)}` as const;
  return {
    async agent(id) {
      const answer = await callKibana(options, { method: 'GET', path: path(id) });
      return answer.status === 404 ? undefined : fleetAgent(read(ONE, answer).item);
    },

    async agentsOn(hostname) {
      const query = new URLSearchParams({
        kuery: `active:true and local_metadata.host.hostname:${quoted(hostname)}`,
        // Also those that have not checked in for long: they still can.
        showInactive: 'true',
        perPage: String(PER_PAGE),
      });
      const answer = await callKibana(options, { method: 'GET', path: `/api/fleet/agents?${query}` });
      const { items, total } = read(LIST, answer);
      // Elasticsearch compares words of a text, in any case: "web-01" is also found in "web-01.example.com".
      const same = items.map(fleetAgent).filter((agent) => agent.hostname?.toLowerCase() === hostname);
      return { agents: same.filter(({ active }) => active), complete: total <= items.length };
    },

    async unenroll(id) {
      const answer = await callKibana(options, {
        method: 'POST',
        path: `${path(id)}/unenroll`,
        // Not `force`: it would unenroll hosted agents, such as the Fleet Server of Elastic Cloud.
        body: { revoke: true },
      });
      return answer.status === 200 ? 'unenrolled' : { refused: messageOf(answer.json) };
    },
  };
}

/** A value of KQL in quotes (Kibana guide, "Kibana Query Language"). */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** @throws FleetError for what is not Fleet's answer, such as a page of a proxy. */
function read<Shape>(schema: z.ZodMiniType<Shape>, { status, json }: KibanaAnswer): Shape {
  const { data } = schema.safeParse(json);
  if (status === 200 && data !== undefined) return data;
  throw new FleetError(
    status === 200
      ? 'Kibana answered 200 with something else than agents'
      : `Kibana answered ${status}: ${messageOf(json)}`,
  );
}

const HOST = z.object({ host: z.object({ hostname: z.string() }) });

function fleetAgent({ id, active, local_metadata: metadata }: z.infer<typeof AGENT>): FleetAgent {
  return withoutUndefined({ id, active, hostname: HOST.safeParse(metadata).data?.host.hostname });
}
