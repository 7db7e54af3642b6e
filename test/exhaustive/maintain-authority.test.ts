import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestCloud } from '../support/cloud.ts';
import { listAt, textAt } from '../support/json.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const DAY = 86_400;
const maintain = () => cloud.local.invoke('maintain-authority', {});
const calls = () => cloud.local.calls.all().filter((call) => call.function?.includes('maintain-authority'));

async function published(path: string): Promise<Buffer> {
  const answer = await fetch(`${cloud.local.httpUrl}${path}`);
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return Buffer.from(await answer.arrayBuffer());
}

test('after a deployment the certificates of the CAs are where certificates point', async () => {
  const trust = (await cloud.call({ method: 'GET', path: '/v1/trust' })).json;
  const issuer = new X509Certificate(textAt(listAt(trust, 'issuers')[0], 'certificate'));
  expect(await published('/ca/issuer-1.cer')).toEqual(issuer.raw);
  const root = new X509Certificate(await published('/ca/root-1.cer'));
  expect(issuer.verify(root.publicKey)).toBe(true);
});

test('a second run signs and writes nothing', async () => {
  cloud.local.calls.reset();
  await maintain();
  expect(calls().filter(({ action }) => /Sign|Put|Update/.test(action))).toEqual([]);
});

test('cut off at every call, then run again: everything is renewed, once', async () => {
  cloud.pass(21 * DAY);
  cloud.local.calls.reset();
  await maintain();
  const renewing = calls().map(({ action }) => action);
  const signatures = renewing.filter((action) => action === 'Sign').length;
  // Two responders and two lists.
  expect(signatures).toBe(4);
  // Before a call is after the one before it: with both, the clock would reach the next issuer.
  for (let nth = 1; nth <= renewing.length; nth++)
    for (const does of nth === 1 ? (['kill-before', 'kill-after'] as const) : (['kill-after'] as const)) {
      cloud.pass(21 * DAY);
      cloud.local.calls.reset();
      cloud.local.faults.add({ function: 'maintain-authority', nth, does });
      await maintain().catch(() => undefined);
      cloud.local.faults.clear();
      await maintain();
      const made = calls().filter(({ action, outcome }) => action === 'Sign' && outcome !== 'dropped').length;
      // What was signed and not recorded is signed again, with the same bytes.
      expect({ nth, does, ok: made === signatures || made === signatures + 1 }).toEqual({
        nth,
        does,
        ok: true,
      });
      cloud.local.calls.reset();
      await maintain();
      expect(calls().filter(({ action }) => /Sign|Put|Update/.test(action))).toEqual([]);
    }
  await published('/crl/root-1/ca.crl');
});
