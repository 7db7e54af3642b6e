import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TestCloud } from '../support/cloud.ts';
import {
  callsOf,
  EFFECTS,
  leastPoints,
  PAST_DEADLINE,
  PAST_LEASE,
  type Point,
  pointsOf,
  reportPoints,
  signatures,
  strike,
} from '../support/crash-matrix.ts';
import { makeCsr } from '../support/csr.ts';
import { at } from '../support/json.ts';
import { makeJws } from '../support/proofs.ts';
import {
  type CertifiedHost,
  confirm,
  enrolledHost,
  renew,
  renewalJws,
  renewed,
} from '../support/renewals.ts';
import { revokedEntries } from '../support/revocation-list.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());
afterEach(() => cloud.local.faults.clear());

const recordOf = async (serial: string) => (await cloud.admin('GET', `/v1/certificates/${serial}`)).json;

/** A host that is to renew; `replacing`: in the place of a certificate that nobody confirmed. */
async function subject(way: Way): Promise<CertifiedHost> {
  const token = { names: { commonName: 'host-*', dns: ['*.example.com'] }, exclusiveDns: true };
  made += 1;
  const host = await enrolledHost(cloud, { token, body: { dnsNames: [`renewal-${made}.example.com`] } });
  if (way === 'replacing') await renewed(cloud, host);
  return host;
}

let made = 0;
const WAYS = ['new', 'replacing'] as const;
type Way = (typeof WAYS)[number];

/** All certificates of the host's name, by what they are. */
async function statesOf({ name }: CertifiedHost): Promise<readonly string[]> {
  return cloud
    .recorded(name)
    .map(({ state }) => state)
    .sort();
}

/** Whatever is not the host's last certificate, or the one that it renews, is on the lists; nothing is left open. */
async function expectNoOrphans(host: CertifiedHost, successor: unknown, point: Point): Promise<void> {
  const all = cloud.recorded(host.name);
  const listed: readonly string[] = (await revokedEntries(cloud)).map(({ serialNumber }) => serialNumber);
  const others = all.filter(({ serialNumber }) => ![host.serialNumber, successor].includes(serialNumber));
  expect({ point, open: all.filter(({ state }) => state === 'RESERVED') }).toEqual({ point, open: [] });
  expect({ point, unlisted: others.filter(({ serialNumber }) => !listed.includes(serialNumber)) }).toEqual({
    point,
    unlisted: [],
  });
  expect(await recordOf(host.serialNumber)).toMatchObject({ state: 'ISSUED' });
}

describe('crash matrix of renewal', () => {
  test.each(WAYS.map((way) => ({ way })))(
    'renew, $way: struck at every call, then sent again; or swept, then renewed with another key',
    async ({ way }) => {
      const first = await subject(way);
      const points = pointsOf(
        await callsOf(cloud, async () => {
          expect((await renew(cloud, { jws: renewalJws(cloud, first, makeCsr()) })).status).toBe(201);
        }),
      );
      expect(points.length).toBeGreaterThanOrEqual(leastPoints(4));
      for (const point of points) {
        await retried(point, await subject(way));
        await swept(point, await subject(way));
      }
      reportPoints(`renewed, ${way}`, points);
    },
  );

  test('confirm: struck at every call, then sent again', async () => {
    const one = await subject('new');
    const next = await renewed(cloud, one);
    const points = pointsOf(
      await callsOf(cloud, async () => {
        expect((await confirm(cloud, one.serialNumber, next)).status).toBe(204);
      }),
    );
    expect(points.length).toBeGreaterThanOrEqual(leastPoints(3));
    for (const point of points) {
      const host = await subject('new');
      const successor = await renewed(cloud, host);
      await strike(cloud, 'confirm-renewal', point, () => confirm(cloud, host.serialNumber, successor));
      const again = await confirm(cloud, host.serialNumber, successor);
      expect({ point, status: again.status }).toEqual({ point, status: 204 });
      expect(at(await recordOf(host.serialNumber), 'successor.confirmedAt')).toEqual(expect.any(String));
      const history = await cloud.admin('GET', `/v1/certificates/${host.serialNumber}/history`);
      const events = [at(history.json, 'items.*.event')].flat();
      expect(events.filter((event) => event === 'successorConfirmed')).toHaveLength(1);
      const refused = await renew(cloud, { jws: renewalJws(cloud, host, makeCsr()) });
      expect([refused.status, at(refused.json, 'code')]).toEqual([409, 'already_renewed']);
    }
    reportPoints('confirmed', points);
  });

  test('sweep of a successor: struck at every call, then run again', async () => {
    const leave = async () => {
      const host = await subject('new');
      cloud.local.faults.add({ function: 'renew', service: 'kms', nth: 1, does: 'kill-before' });
      const report = { trustSha256: 'ab'.repeat(32) };
      await renew(cloud, { jws: renewalJws(cloud, host, makeCsr(), report) });
      cloud.local.faults.clear();
      cloud.pass(PAST_DEADLINE);
      return host;
    };
    await leave();
    const points = pointsOf(await callsOf(cloud, () => cloud.sweep()));
    for (const point of points) {
      const host = await leave();
      await strike(cloud, 'sweep', point, () => cloud.sweep().catch(() => undefined));
      await cloud.sweep();
      expect(await statesOf(host)).toEqual(['ISSUED', 'VOID']);
      expect(at(await recordOf(host.serialNumber), 'successor')).toBeUndefined();
      await expectNoOrphans(host, undefined, point);
      expect((await renew(cloud, { jws: renewalJws(cloud, host, makeCsr()) })).status).toBe(201);
    }
    reportPoints('swept successors', points);
  });
});

/** The same certificate for the same key, and no signature without a record. */
async function retried(point: Point, host: CertifiedHost): Promise<void> {
  const key = makeCsr();
  let answered: unknown;
  await strike(cloud, 'renew', point, async () => {
    const { json } = await renew(cloud, { jws: renewalJws(cloud, host, key) });
    answered = at(json, 'certificate');
  });
  const before = cloud.recorded(host.name);
  if (signatures(cloud) > 0) expect(at(await recordOf(host.serialNumber), 'successor')).toBeDefined();
  cloud.pass(PAST_LEASE);
  const again = await renew(cloud, { jws: renewalJws(cloud, host, key) });
  expect({ point, ok: [200, 201].includes(again.status) }).toEqual({ point, ok: true });
  if (answered !== undefined) expect(at(again.json, 'certificate')).toBe(answered);
  const successor = at(again.json, 'serialNumber');
  expect(at(await recordOf(host.serialNumber), 'successor.serialNumber')).toBe(successor);
  // What was reserved before is what is issued now.
  const reserved = before.find(({ state }) => state === 'RESERVED');
  if (reserved !== undefined) expect(successor).toBe(reserved.serialNumber);
  expect(at((await renew(cloud, { jws: renewalJws(cloud, host, key) })).json, 'certificate')).toBe(
    at(again.json, 'certificate'),
  );
  await expectNoOrphans(host, successor, point);
}

/** A host that lost its new key meanwhile gets a certificate for another one. */
async function swept(point: Point, host: CertifiedHost): Promise<void> {
  await strike(cloud, 'renew', point, () => renew(cloud, { jws: renewalJws(cloud, host, makeCsr()) }));
  cloud.pass(PAST_DEADLINE);
  await cloud.sweep();
  expect(await statesOf(host)).not.toContain('RESERVED');
  const next = await renewed(cloud, host);
  await expectNoOrphans(host, next.serialNumber, point);
  expect((await confirm(cloud, host.serialNumber, next)).status).toBe(204);
}

test('a thief that is struck at any call gains nothing by it once the host has confirmed', async () => {
  for (const does of EFFECTS)
    for (const nth of [1, 2, 3, 4]) {
      const host = await subject('new');
      const thief = makeCsr();
      await strike(cloud, 'renew', { nth, call: '', does }, () =>
        renew(cloud, { jws: renewalJws(cloud, host, thief) }),
      );
      cloud.pass(PAST_LEASE);
      const next = await renewed(cloud, host);
      expect((await confirm(cloud, host.serialNumber, next)).status).toBe(204);
      const answer = await renew(cloud, { jws: renewalJws(cloud, host, thief) });
      expect([answer.status, at(answer.json, 'code')]).toEqual([409, 'already_renewed']);
      const statement = { serialNumber: host.serialNumber, iat: cloud.seconds(), aud: cloud.local.url };
      const jws = makeJws({ privateKey: thief.privateKey, keyKind: 'p256' }, statement);
      const confirmed = await cloud.call({ method: 'POST', path: '/v1/renew/confirm', body: { jws } });
      expect([confirmed.status, at(confirmed.json, 'code')]).toEqual([401, 'proof_rejected']);
    }
});
