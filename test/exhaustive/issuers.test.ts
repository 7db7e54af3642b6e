import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { matchesPart } from '../../infra/local/service/names.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { DAY, HOUR } from '../../shared/domain/duration.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at, listAt, textAt } from '../support/json.ts';

/*
 * Each step in the life of an issuer, cut off at every call that it makes of AWS, and sent again: it ends the same, and
 * nothing is signed that is not recorded.
 */

const SLOTS = 24;
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-issuers-'));
let cloud: TestCloud;
beforeAll(async () => {
  const issuers = Array.from({ length: SLOTS }, (_, index) => ({
    id: `issuer-${index + 1}`,
    keySpec: 'ECC_NIST_P256',
    lifetimeYears: 5,
  }));
  const root = { keySpec: 'ECC_NIST_P384' };
  const assembly = synthesize(join(directory, 'out'), { root, issuers, revocation: { crlShards: 1 } });
  cloud = await TestCloud.start({ assembly });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

const KILLS = ['kill-before', 'kill-after'] as const;
const post = (path: string, body?: object) => cloud.admin('POST', `/v1/issuers${path}`, body);

interface Seen {
  readonly id: string;
  readonly state: string;
}

async function issuers(): Promise<readonly Seen[]> {
  const { json } = await cloud.admin('GET', '/v1/issuers');
  return listAt(json, 'items').map((item) => ({ id: textAt(item, 'id'), state: textAt(item, 'state') }));
}

const inState = async (state: string) =>
  (await issuers()).filter((issuer) => issuer.state === state).map(({ id }) => id);

/** The actions that a function's request makes, in order. */
async function actionsOf(name: string, act: () => Promise<unknown>): Promise<readonly string[]> {
  cloud.local.calls.reset();
  await act();
  return cloud.local.calls
    .all()
    .filter((call) => matchesPart(call.function ?? '', name))
    .map(({ action }) => action);
}

/** Cuts `act` off at its nth call, then does it again. */
async function cutOff(name: string, nth: number, does: (typeof KILLS)[number], act: () => Promise<unknown>) {
  cloud.local.faults.add({ function: name, nth, does });
  await act().catch(() => undefined);
  cloud.local.faults.clear();
  await act();
}

test('certifying: the slot that was begun is finished, and no other one is taken', async () => {
  const free = async () => listAt((await cloud.admin('GET', '/v1/issuers')).json, 'freeSlots').map(String);
  const certify = async () => {
    const [next] = [...(await inState('PENDING')), ...(await free())];
    return post('', { id: next });
  };
  const actions = await actionsOf('certify-issuer', () => post('', { id: 'issuer-2' }));
  expect(actions).toEqual(['Query', 'Query', 'GetPublicKey', 'PutItem', 'Sign', 'UpdateItem']);
  for (let nth = 1; nth <= actions.length; nth++)
    for (const does of KILLS) {
      const [id = ''] = await free();
      cloud.local.calls.reset();
      await cutOff('certify-issuer', nth, does, () => post('', { id }));
      expect({ nth, does, pending: await inState('PENDING') }).toEqual({ nth, does, pending: [] });
      expect((await post('', { id })).status).toBe(200);
      const signed = cloud.local.calls
        .all()
        .filter(({ action, outcome }) => action === 'Sign' && outcome !== 'dropped');
      // Where the signature was lost, the same bytes are signed again.
      expect(signed.length).toBeLessThanOrEqual(2);
    }
  expect(await inState('READY')).toHaveLength(1 + 2 * actions.length);
  expect((await certify()).status).toBe(201);
});

test('activating: the one before drains with it, or nothing happens', async () => {
  const [first = ''] = await inState('READY');
  const actions = await actionsOf('change-issuer', () => post(`/${first}/activate`));
  expect(actions).toEqual(['Query', 'TransactWriteItems', 'Query']);
  for (let nth = 1; nth <= actions.length; nth++)
    for (const does of KILLS) {
      const [id = ''] = await inState('READY');
      await cutOff('change-issuer', nth, does, () => post(`/${id}/activate`));
      expect({ nth, does, active: await inState('ACTIVE') }).toEqual({ nth, does, active: [id] });
      expect((await cloud.enroll(await cloud.token(), enrollment())).status).toBe(201);
    }
});

test('a compromise: enrollment goes on with the next issuer, and the root revokes in time', async () => {
  const [first = ''] = await inState('ACTIVE');
  const actions = await actionsOf('change-issuer', () => post(`/${first}/compromise`));
  expect(actions).toEqual(['Query', 'TransactWriteItems', 'Query']);
  for (let nth = 1; nth <= actions.length; nth++)
    for (const does of KILLS) {
      const [id = ''] = await inState('ACTIVE');
      await cutOff('change-issuer', nth, does, () => post(`/${id}/compromise`));
      expect(await inState('COMPROMISED')).toContain(id);
      const answer = await cloud.enroll(await cloud.token(), enrollment());
      expect([answer.status, at(answer.json, 'issuer') === id]).toEqual([201, false]);
    }
  cloud.pass(7 * DAY + HOUR);
  const compromised = await inState('COMPROMISED');
  // Cut off at each of its writes, it is done by the next run.
  for (const does of KILLS)
    await cutOff('maintain-authority', 1, does, () => cloud.local.invoke('maintain-authority', {}));
  const { json } = await cloud.admin('GET', '/v1/issuers');
  const revoked = listAt(json, 'items').filter((item) => at(item, 'revokedAt') !== undefined);
  expect(revoked.map((item) => textAt(item, 'id')).sort()).toEqual([...compromised].sort());
  const list = await fetch(`${cloud.local.httpUrl}/crl/root-1/ca.crl`);
  const text = Buffer.from(await list.arrayBuffer()).toString('hex');
  for (const item of revoked) expect(text).toContain(textAt(item, 'serialNumber'));
});

test('a rollover by itself, cut off at every call: one is active, and certificates verify', async () => {
  const run = () => cloud.local.invoke('maintain-authority', {});
  for (const id of await inState('READY')) await post(`/${id}/retire`);
  cloud.pass(5 * 365 * DAY - 397 * DAY - 20 * DAY);
  const actions = await actionsOf('maintain-authority', run);
  expect(actions).toContain('Sign');
  cloud.pass(21 * DAY);
  for (let nth = 1; nth <= 8; nth++)
    for (const does of KILLS) {
      cloud.local.faults.add({ function: 'maintain-authority', nth, does });
      await run().catch(() => undefined);
      cloud.local.faults.clear();
    }
  await run();
  expect(await inState('ACTIVE')).toHaveLength(1);
  expect(await inState('DRAINING')).not.toEqual([]);
  const answer = await cloud.enroll(await cloud.token(), enrollment());
  const issuer = new X509Certificate(textAt(answer.json, 'chain.0'));
  expect(new X509Certificate(textAt(answer.json, 'certificate')).verify(issuer.publicKey)).toBe(true);
});
