import type { CertificateEvent, CertificateEventName } from '../domain/certificate-event.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { FleetAgent } from '../domain/fleet-agent.ts';
import type { Clock } from '../domain/instant.ts';
import { SERVICE } from '../domain/revocation.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { excerpt, quote } from '../errors/excerpt.ts';
import type { AgentLedger, FleetAgents } from './ports.ts';

/** What {@link unenrollAgent} works with. */
export interface UnenrollAgentDeps {
  readonly ledger: AgentLedger;
  readonly fleet: FleetAgents;
  readonly clock: Clock;
}

/**
 * How it ended. `not due`: no agent follows this revocation, or it was dealt with before. `kept`: an operator has to
 * decide, for the reason given.
 */
export type Unenrollment = Unenrolled | Kept | { readonly outcome: 'not due' };

interface Unenrolled {
  readonly outcome: 'unenrolled';
  readonly agentId: string;
}

interface Kept {
  readonly outcome: 'kept';
  readonly reason: string;
}

const NOT_DUE: Unenrollment = { outcome: 'not due' };

/**
 * Unenrolls the Elastic Agent of a revoked certificate in Fleet, and notes in the certificate's history how it ended. It
 * can run twice, concurrently and half.
 *
 * Only certificates of the profile `agent` have an agent that must go: unenrolling a Fleet Server would cut off its
 * agents. A certificate that was superseded has a successor, with which its agent goes on.
 *
 * @throws FleetError, AppError `try_again`: nothing was noted; try again.
 */
export async function unenrollAgent(
  { ledger, fleet, clock }: UnenrollAgentDeps,
  serialNumber: SerialNumber,
): Promise<Unenrollment> {
  const record = await dueRecord(ledger, serialNumber);
  if (record === undefined) return NOT_DUE;
  const found = await findAgent(fleet, record);
  const ended = 'reason' in found ? found : await unenroll(fleet, found);
  await ledger.note(serialNumber, { at: clock(), by: SERVICE, ...eventOf(ended) });
  return ended;
}

/** Whether an agent is still to be unenrolled: for the passive one of two Regions, which leaves that to the other. */
export async function isUnenrollmentDue(ledger: AgentLedger, serialNumber: SerialNumber): Promise<boolean> {
  return (await dueRecord(ledger, serialNumber)) !== undefined;
}

/** The record of a certificate whose agent must go; undefined where none must, or where that was dealt with. */
async function dueRecord(
  ledger: AgentLedger,
  serialNumber: SerialNumber,
): Promise<CertificateRecord | undefined> {
  const record = await ledger.certificate(serialNumber);
  if (record === undefined || !isDue(record)) return undefined;
  const history = await ledger.history(serialNumber);
  return history.some(({ event }) => ENDED.has(event)) ? undefined : record;
}

const ENDED: ReadonlySet<CertificateEventName> = new Set(['agentUnenrolled', 'agentNotUnenrolled']);

function isDue({ profile, state, revocation }: CertificateRecord): boolean {
  return profile === 'agent' && state === 'REVOKED' && revocation?.reason !== 'superseded';
}

const kept = (reason: string): Kept => ({ outcome: 'kept', reason });

/** The one agent of the certificate; or why there is none. */
async function findAgent(fleet: FleetAgents, record: CertificateRecord): Promise<FleetAgent | Kept> {
  const { fleetAgentId, name } = record;
  if (fleetAgentId === undefined) return onlyAgentOn(fleet, name);
  const agent = await fleet.agent(fleetAgentId);
  if (agent === undefined) return kept(`Fleet has no agent ${quote(fleetAgentId)}.`);
  // A host that reports the id of another agent must not have it unenrolled.
  return isHostOf(record, agent)
    ? agent
    : kept(
        `The reported agent ${quote(agent.id)} is on the host ${quote(agent.hostname ?? '')}, not on "${name}".`,
      );
}

async function onlyAgentOn(fleet: FleetAgents, name: string): Promise<FleetAgent | Kept> {
  const { agents, complete } = await fleet.agentsOn(name);
  const [agent, ...others] = agents;
  if (!complete || others.length > 0)
    return kept(`More than one enrolled agent has the host name "${name}".`);
  return agent ?? kept(`No enrolled agent has the host name "${name}".`);
}

/** Whether the agent's host may have the certificate: of a name in full and one without domain, the first labels agree. */
function isHostOf({ name, dnsNames }: CertificateRecord, { hostname = '' }: FleetAgent): boolean {
  const host = hostname.toLowerCase();
  return [name, ...dnsNames].some(
    (each) => each === host || each.startsWith(`${host}.`) || host.startsWith(`${each}.`),
  );
}

async function unenroll(fleet: FleetAgents, { id, active }: FleetAgent): Promise<Unenrolled | Kept> {
  const ended = active ? await fleet.unenroll(id) : 'unenrolled';
  return ended === 'unenrolled'
    ? { outcome: 'unenrolled', agentId: id }
    : kept(`Fleet refuses to unenroll the agent ${quote(id)}: ${excerpt(ended.refused, 200)}`);
}

function eventOf(ended: Unenrolled | Kept): Pick<CertificateEvent, 'event' | 'comment'> {
  return ended.outcome === 'kept'
    ? { event: 'agentNotUnenrolled', comment: ended.reason }
    : { event: 'agentUnenrolled', comment: `Agent ${quote(ended.agentId)}.` };
}
