import { describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import type { DnsName } from '../../../shared/domain/dns-name.ts';
import type { FleetAgent } from '../../../shared/domain/fleet-agent.ts';
import { plus } from '../../../shared/domain/instant.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import { type FleetAgents, FleetError } from '../../../shared/revocation/ports.ts';
import { isUnenrollmentDue, unenrollAgent } from '../../../shared/revocation/unenroll-agent.ts';
import { fakeStore } from '../../fakes/store.ts';
import { commonName, NOW, sampleRecord, sampleRevocation } from '../../support/records.ts';

const NAME = commonName('web-01');
const LATER = plus(NOW, 7);
const ours: FleetAgent = { id: 'a-1', hostname: 'WEB-01', active: true };
const others: FleetAgent = { id: 'b-2', hostname: 'db-07', active: true };

/** Fleet in memory. */
function fakeFleet(agents: readonly FleetAgent[], more: Partial<FleetAgents> = {}) {
  const unenrolled: string[] = [];
  const fleet: FleetAgents = {
    agent: async (id) => agents.find((agent) => agent.id === id),
    agentsOn: async (hostname) => ({
      agents: agents.filter((agent) => agent.hostname?.toLowerCase() === hostname && agent.active),
      complete: true,
    }),
    unenroll: async (id) => {
      unenrolled.push(id);
      return 'unenrolled';
    },
    ...more,
  };
  return { fleet, unenrolled };
}

const revoked = (changes: Partial<CertificateRecord> = {}) =>
  sampleRecord({ name: NAME, state: 'REVOKED', revocation: sampleRevocation(), ...changes });

/** Runs it over one record; returns how it ended, who was unenrolled, and what the history says. */
async function run(record: CertificateRecord, { fleet, unenrolled }: ReturnType<typeof fakeFleet>) {
  const ledger = fakeStore();
  ledger.tables.records.set(record.serialNumber, record);
  const again = () => unenrollAgent({ ledger, fleet, clock: () => LATER }, record.serialNumber);
  const ended = await again();
  return { ended, unenrolled, history: await ledger.history(record.serialNumber), again, ledger };
}

describe('unenrolling the agent of a revoked certificate', () => {
  test('by its reported id, noted in the history, once', async () => {
    const fleet = fakeFleet([ours, others]);
    const done = await run(revoked({ fleetAgentId: 'a-1' }), fleet);
    expect(done.ended).toEqual({ outcome: 'unenrolled', agentId: 'a-1' });
    expect(done.history).toEqual([
      { at: LATER, event: 'agentUnenrolled', by: 'fleetseal', comment: 'Agent "a-1".' },
    ]);
    expect(await done.again()).toEqual({ outcome: 'not due' });
    expect(fleet.unenrolled).toEqual(['a-1']);
  });

  test('by its host name, where one agent has it', async () => {
    const done = await run(revoked(), fakeFleet([ours, others]));
    expect(done.unenrolled).toEqual(['a-1']);
  });

  test.each([
    { name: 'a short name and one in full', certified: 'web-01.example.com', hostname: 'web-01' },
    { name: 'a name in full and a short one', certified: 'web-01', hostname: 'web-01.example.com' },
    { name: 'a DNS name', certified: 'a1b2', dns: 'web-01.example.com', hostname: 'web-01' },
  ])('a reported agent is on the host of the certificate by $name', async ({ certified, dns, hostname }) => {
    const dnsNames = dns === undefined ? [] : [dns as DnsName];
    const record = revoked({ name: commonName(certified), dnsNames, fleetAgentId: 'a-1' });
    expect((await run(record, fakeFleet([{ ...ours, hostname }]))).unenrolled).toEqual(['a-1']);
  });

  test('one that is unenrolled already is noted, not unenrolled again', async () => {
    const gone = { ...ours, active: false };
    const done = await run(revoked({ fleetAgentId: 'a-1' }), fakeFleet([gone]));
    expect(done).toMatchObject({ ended: { outcome: 'unenrolled' }, unenrolled: [] });
    expect(done.history).toMatchObject([{ event: 'agentUnenrolled' }]);
  });

  test.each([
    {
      name: 'an id of an agent on another host, which an attacker may have reported',
      record: { fleetAgentId: 'b-2' },
      agents: [ours, others],
      reason: 'The reported agent "b-2" is on the host "db-07", not on "web-01".',
    },
    {
      name: 'an id of a host whose name begins alike',
      record: { fleetAgentId: 'c-3' },
      agents: [{ id: 'c-3', hostname: 'web-011', active: true }],
      reason: 'The reported agent "c-3" is on the host "web-011", not on "web-01".',
    },
    {
      name: 'an id that Fleet does not know',
      record: { fleetAgentId: 'x"\n' },
      agents: [ours],
      reason: 'Fleet has no agent "x\\"\\n".',
    },
    {
      name: 'two agents of the host name',
      record: {},
      agents: [ours, { ...ours, id: 'a-2' }],
      reason: 'More than one enrolled agent has the host name "web-01".',
    },
    {
      name: 'no agent of the host name',
      record: {},
      agents: [others],
      reason: 'No enrolled agent has the host name "web-01".',
    },
  ])('none is touched with $name', async ({ record, agents, reason }) => {
    const done = await run(revoked(record), fakeFleet(agents));
    expect(done.ended).toEqual({ outcome: 'kept', reason });
    expect(done.unenrolled).toEqual([]);
    expect(done.history).toEqual([
      { at: LATER, event: 'agentNotUnenrolled', by: 'fleetseal', comment: reason },
    ]);
  });

  test('none is touched where Fleet has more of the host name than it shows', async () => {
    const partly = fakeFleet([], { agentsOn: async () => ({ agents: [ours], complete: false }) });
    expect((await run(revoked(), partly)).ended).toMatchObject({ outcome: 'kept' });
    expect(partly.unenrolled).toEqual([]);
  });

  test('a refusal of Fleet for good is noted with its reason', async () => {
    const refused = 'Cannot unenroll a-1 from a hosted agent policy\u202e';
    const done = await run(revoked(), fakeFleet([ours], { unenroll: async () => ({ refused }) }));
    const comment =
      'Fleet refuses to unenroll the agent "a-1": Cannot unenroll a-1 from a hosted agent policy\\u{202e}';
    expect(done.history).toMatchObject([{ event: 'agentNotUnenrolled', comment }]);
  });

  test.each<{ name: string; record: Partial<CertificateRecord> }>([
    { name: 'superseded', record: { revocation: sampleRevocation({ reason: 'superseded' }) } },
    { name: 'of a Fleet Server', record: { profile: 'fleet-server' } },
    { name: 'of an output', record: { profile: 'output-client' } },
    { name: 'never issued', record: { state: 'VOID' } },
    { name: 'not revoked', record: { state: 'ISSUED' } },
  ])('a certificate that was $name is not due', async ({ record }) => {
    const done = await run(revoked({ fleetAgentId: 'a-1', ...record }), fakeFleet([ours]));
    expect(done).toMatchObject({ ended: { outcome: 'not due' }, unenrolled: [], history: [] });
  });

  test('what Fleet does not do now is not noted, and done the next time', async () => {
    let calls = 0;
    const busy: FleetAgents['unenroll'] = async () => {
      if (++calls === 1) throw new FleetError('Kibana answered 503: no message');
      return 'unenrolled';
    };
    const record = revoked();
    const ledger = fakeStore();
    ledger.tables.records.set(record.serialNumber, record);
    const deps = { ledger, fleet: fakeFleet([ours], { unenroll: busy }).fleet, clock: () => LATER };
    await expect(unenrollAgent(deps, record.serialNumber)).rejects.toThrow('503');
    expect(await ledger.history(record.serialNumber)).toEqual([]);
    expect(await unenrollAgent(deps, record.serialNumber)).toMatchObject({ outcome: 'unenrolled' });
  });
});

describe('whether an agent is still to be unenrolled', () => {
  test.each([
    ['revoked', revoked({ fleetAgentId: 'a-1' }), true],
    ['superseded', revoked({ revocation: sampleRevocation({ reason: 'superseded' }) }), false],
    ['of a Fleet Server', revoked({ profile: 'fleet-server' }), false],
    ['not revoked', sampleRecord({ name: NAME, state: 'ISSUED' }), false],
  ])('with a certificate that is %s', async (_, record, due) => {
    const ledger = fakeStore();
    ledger.tables.records.set(record.serialNumber, record);
    expect(await isUnenrollmentDue(ledger, record.serialNumber)).toBe(due);
  });

  test('no more once that was noted', async () => {
    const { ledger } = await run(revoked({ fleetAgentId: 'a-1' }), fakeFleet([ours]));
    const [serialNumber = ''] = ledger.tables.records.keys();
    expect(await isUnenrollmentDue(ledger, serialNumber as SerialNumber)).toBe(false);
  });
});
