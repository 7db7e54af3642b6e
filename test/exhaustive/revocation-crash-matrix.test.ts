import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { enrollment, idOf, TestCloud } from '../support/cloud.ts';
import {
  callsOf,
  leastPoints,
  type Point,
  pointsAtEndsOfRows,
  reportPoints,
  strike,
} from '../support/crash-matrix.ts';
import { at, textAt } from '../support/json.ts';
import { revokedEntries } from '../support/revocation-list.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());
afterEach(() => cloud.local.faults.clear());

/** A certificate to revoke, and what enrolled for it. */
interface Subject {
  readonly token: string;
  readonly body: ReturnType<typeof enrollment> & { readonly dnsNames: readonly string[] };
  readonly serial: string;
}

const EXCLUSIVE = { names: { commonName: 'host-*', dns: ['*.example.com'] }, exclusiveDns: true, maxUses: 2 };
let made = 0;

/** A certificate with an exclusive DNS name; or a reservation of one, whose request died as it was signed. */
async function subject(state: 'ISSUED' | 'RESERVED'): Promise<Subject> {
  const token = await cloud.token(EXCLUSIVE);
  made += 1;
  const body = { ...enrollment(), dnsNames: [`host-${made}.example.com`] };
  if (state === 'RESERVED') cloud.local.faults.add({ service: 'kms', nth: 1, does: 'kill-before' });
  await cloud.enroll(token, body);
  cloud.local.faults.clear();
  const [record] = cloud.recorded(body.name);
  expect(record?.state).toBe(state);
  return { token, body, serial: record?.serialNumber ?? '' };
}

const REASON = { reason: 'keyCompromise', comment: 'laptop stolen' };

/** Every way to revoke one certificate. */
const WAYS = {
  'by serial number, with block': ({ serial }: Subject) =>
    cloud.admin('POST', `/v1/certificates/${serial}/revoke`, { ...REASON, block: true }),
  'by name, with block': ({ body }: Subject) =>
    cloud.admin('POST', `/v1/names/agent/${body.name}/revoke`, { ...REASON, block: true }),
  'by token': ({ token }: Subject) =>
    cloud.admin('POST', `/v1/tokens/${idOf(token)}/revoke`, { ...REASON, certificates: true }),
  'by list': ({ serial }: Subject) =>
    cloud.admin('POST', '/v1/certificates/revoke', { ...REASON, serialNumbers: [serial], confirm: 1 }),
};

/** All that holds of what was revoked, once the same request was sent again. */
async function expectRevoked({ token, body, serial }: Subject, point: Point, blocks: boolean) {
  const { json } = await cloud.admin('GET', `/v1/certificates/${serial}`);
  const state = textAt(json, 'state');
  const history = await cloud.admin('GET', `/v1/certificates/${serial}/history`);
  const events = (at(history.json, 'items.*.event') as string[]).filter((event) => event !== 'issued');
  const { reason, comment } = REASON;
  expect({
    point,
    state: /^(REVOKED|VOID)$/.test(state),
    events,
    revocation: at(json, 'revocation'),
  }).toEqual({
    point,
    state: true,
    events: ['reserved', 'revoked'],
    revocation: { reason, comment, revokedBy: expect.stringMatching(/^arn:/) },
  });
  const entries = (await revokedEntries(cloud)).filter(({ serialNumber }) => serialNumber === serial);
  expect(entries.map((entry) => entry.reason)).toEqual([reason]);
  // Its host gets nothing more, and its key no certificate anywhere.
  const codes = [
    await cloud.enroll(token, body),
    await cloud.enroll(await cloud.token(), { ...enrollment(), csr: body.csr }),
  ].map((answer) => at(answer.json, 'code'));
  expect(['key_refused', 'certificate_revoked', 'token_rejected']).toContain(codes[0]);
  expect(codes[1]).toBe('key_refused');
  // Its names are free for another key, unless they are blocked.
  const other = await cloud.enroll(await cloud.token(EXCLUSIVE), {
    ...enrollment({ name: body.name }),
    dnsNames: body.dnsNames,
  });
  expect({ point, code: at(other.json, 'code'), status: other.status }).toEqual(
    blocks ? { point, code: 'name_blocked', status: 422 } : { point, code: undefined, status: 201 },
  );
}

describe('crash matrix of revocation', () => {
  test.each([
    { way: 'by serial number, with block', state: 'ISSUED' },
    { way: 'by serial number, with block', state: 'RESERVED' },
    { way: 'by name, with block', state: 'ISSUED' },
    { way: 'by token', state: 'ISSUED' },
    { way: 'by token', state: 'RESERVED' },
    { way: 'by list', state: 'ISSUED' },
  ] as const)('$way, of $state: struck at every call, then sent again', async ({ way, state }) => {
    const revoke = WAYS[way];
    const first = await subject(state);
    const points = pointsAtEndsOfRows(
      await callsOf(cloud, async () => {
        expect((await revoke(first)).status).toBe(200);
      }),
    );
    expect(points.length).toBeGreaterThanOrEqual(leastPoints(3));
    for (const point of points) {
      const struck = await subject(state);
      await strike(cloud, 'revoke-certificates', point, () => revoke(struck));
      const again = await revoke(struck);
      expect({ point, status: again.status }).toEqual({ point, status: 200 });
      expect(at(again.json, 'revoked.*.serialNumber')).toEqual([struck.serial]);
      await expectRevoked(struck, point, way.includes('block'));
    }
    reportPoints(`revoked ${way}, ${state}`, points);
  });
});
