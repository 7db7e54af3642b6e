import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { crlShardOf, DEFAULT_CRL_SHARDS, shardPath } from '../../shared/domain/revocation-points.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import { splitList } from '../../shared/pki/crl/parse-list.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { textAt } from '../support/json.ts';
import { Published } from '../support/published.ts';
import { readList } from '../support/revocation-lists.ts';

let cloud: TestCloud;
let published: Published;
beforeAll(async () => {
  cloud = await TestCloud.start({ fresh: true });
  published = new Published(cloud);
});
afterAll(() => cloud.stop());
afterEach(() => cloud.local.faults.clear());

const FULL = '/crl/issuer-1/full.crl';
const SHARDS = Array.from({ length: DEFAULT_CRL_SHARDS }, (_, shard) => shardPath('issuer-1', shard));
const pathOf = (serial: string) =>
  shardPath('issuer-1', crlShardOf(serial as SerialNumber, DEFAULT_CRL_SHARDS));

/** A certificate that was issued and revoked. */
async function revoked(from: TestCloud = cloud): Promise<string> {
  const { json } = await from.enroll(await from.token(), enrollment());
  const serial = textAt(json, 'serialNumber');
  const { status } = await from.admin('POST', `/v1/certificates/${serial}/revoke`, { reason: 'superseded' });
  expect(status).toBe(200);
  return serial;
}

/** What the table's stream sends of revocations. */
const streamOf = (...serials: readonly string[]) => ({
  Records: serials.map((serial) => {
    const [, shard = ''] = /(\d+)\.crl$/.exec(pathOf(serial)) ?? [];
    const pk = `REVOKED#issuer-1#${shard.padStart(3, '0')}`;
    return { eventName: 'INSERT', dynamodb: { Keys: { pk: { S: pk }, sk: { S: serial } } } };
  }),
});

const publish = (...serials: readonly string[]) => cloud.local.invoke('publish-crls', streamOf(...serials));

describe('a deployment', () => {
  test('has a list for every CA from the first minute, over plain HTTP', async () => {
    const paths = [...SHARDS, FULL, '/crl/root-1/full.crl', '/crl/root-1/ca.crl'];
    for (const path of paths) {
      const answer = await fetch(`${cloud.local.httpUrl}${path}`);
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
      expect(answer.headers.get('content-type')).toBe('application/pkix-crl');
      expect(answer.headers.get('cache-control')).toBe('max-age=60');
      expect(answer.headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
      const { thisUpdate, nextUpdate, entries, number } = readList(Buffer.from(await answer.arrayBuffer()));
      const days = path.includes('root-1') ? 30 : 3;
      expect({ path, life: nextUpdate - thisUpdate, entries }).toEqual({
        path,
        life: days * 86_400 - 1,
        entries: [],
      });
      expect(number).toBe(BigInt(thisUpdate) * 1_000_000_000n);
    }
  });

  test('has the full lists in a bundle, the root first', async () => {
    const answer = await fetch(`${cloud.local.httpUrl}/crl/bundle.pem`);
    const blocks = [
      ...(await answer.text()).matchAll(/-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g),
    ];
    const issuers = blocks.map(([, base64 = '']) => {
      const { tbs } = splitList(Buffer.from(base64, 'base64'));
      return /fleetseal fleet (root|issuer)-1/.exec(Buffer.from(tbs).toString('latin1'))?.[1];
    });
    expect(issuers).toEqual(['root', 'issuer']);
    expect(answer.headers.get('content-type')).toBe('application/x-pem-file');
  });

  test('has nothing else there', async () => {
    for (const path of ['/crl/issuer-1/16.crl', '/crl/issuer-2/0.crl', '/crl/'])
      expect((await fetch(`${cloud.local.httpUrl}${path}`)).status).toBe(403);
  });

  test('logs how old its oldest list is, for the alarm', async () => {
    cloud.pass(3600);
    cloud.local.logs.reset();
    await cloud.local.invoke('publish-crls', {});
    const line = cloud.local.logs.lines().find((one) => one.includes('"lists checked"')) ?? '{}';
    const { counts, OldestListSeconds } = JSON.parse(line.slice(line.indexOf('{')));
    expect(counts).toMatchObject({ lists: SHARDS.length + 1, failed: 0 });
    expect(OldestListSeconds).toBeGreaterThanOrEqual(3600);
    expect(OldestListSeconds).toBeLessThan(86_400);
  });
});

describe('a revocation', () => {
  test('is on the list of its shard, the full one and the bundle after one invocation', async () => {
    const serial = await revoked();
    cloud.local.calls.reset();
    await publish(serial, serial, serial);
    const made = cloud.local.calls.all().filter((call) => call.function?.includes('publish-crls'));
    expect(made.filter(({ action }) => action === 'Sign')).toHaveLength(2);
    expect(made.filter(({ action }) => action === 'PutObject')).toHaveLength(3);
    expect(await published.serials(pathOf(serial))).toContain(serial);
    expect(await published.serials(FULL)).toContain(serial);
  });

  test('of a reservation that was never finished is one too', async () => {
    cloud.local.faults.add({ service: 'kms', nth: 1, does: 'kill-before' });
    const body = enrollment();
    await cloud.enroll(await cloud.token(), body);
    cloud.local.faults.clear();
    cloud.pass(400);
    await cloud.sweep();
    const [record] = await cloud.certificates({ name: body.name });
    expect(record?.state).toBe('VOID');
    await cloud.local.invoke('publish-crls', {});
    expect(await published.serials(FULL)).toContain(record?.serialNumber);
  });

  test('is published by 6 builders at once without any loss', async () => {
    const serials = await Promise.all(Array.from({ length: 6 }, () => revoked()));
    await Promise.all(serials.map((serial) => publish(serial)));
    expect(await published.serials(FULL)).toEqual(expect.arrayContaining([...serials]));
    for (const serial of serials) expect(await published.serials(pathOf(serial))).toContain(serial);
  });
});

describe('publication that is cut off', () => {
  /** The process dies before a call, or after it, or never gets its answer. */
  const EFFECTS = ['kill-before', 'kill-after', 'lose'] as const;
  /** Every kind of call, and each of the first of its kind: the shard's, the full list's, the bundle's. */
  const CALLS = [
    { action: 'Query', times: 3 },
    { action: 'HeadObject', times: 5 },
    { action: 'Sign', times: 2 },
    { action: 'PutObject', times: 3 },
    { action: 'GetObject', times: 2 },
  ];

  test.each(CALLS)(
    'at $action, in any way, is completed by the next try, and no list goes backwards',
    async ({ action, times }) => {
      for (let nth = 1; nth <= times; nth++)
        for (const does of EFFECTS) {
          const serial = await revoked();
          const paths = [pathOf(serial), FULL];
          const before = await Promise.all(paths.map((path) => published.list(path)));
          cloud.local.faults.add({ function: 'publish-crls', action, nth, does });
          await publish(serial).catch(() => undefined);
          cloud.local.faults.clear();
          const between = await Promise.all(paths.map((path) => published.list(path)));
          await publish(serial);
          const after = await Promise.all(paths.map((path) => published.list(path)));
          for (const [i] of paths.entries()) {
            expectGrows(before[i], between[i]);
            expectGrows(between[i], after[i]);
            expect(after[i]?.entries.map(({ serialNumber }) => serialNumber)).toContain(serial);
          }
        }
    },
  );
});

/** The later list is the same, or has a greater number; it has all entries of the earlier one. */
function expectGrows(earlier: ReturnType<typeof readList> | undefined, later: typeof earlier): void {
  if (earlier === undefined || later === undefined) throw new Error('a list is missing');
  if (later.number !== earlier.number) expect(later.number > earlier.number).toBe(true);
  else expect(later).toEqual(earlier);
  const serials = later.entries.map(({ serialNumber }) => serialNumber);
  expect(serials).toEqual(expect.arrayContaining(earlier.entries.map(({ serialNumber }) => serialNumber)));
}

describe('with the stream of the table', () => {
  /** A revocation is in the published list of its shard by then. */
  const SECONDS = 10;

  test(`a revocation is published within ${SECONDS} seconds`, async () => {
    const streaming = await TestCloud.start({ streams: true, fresh: true });
    try {
      const lists = new Published(streaming);
      const lags: number[] = [];
      for (let i = 0; i < 3; i++) {
        const serial = await revoked(streaming);
        const began = performance.now();
        while (!(await lists.serials(pathOf(serial))).includes(serial)) {
          if (performance.now() - began > SECONDS * 1000) throw new Error(`${serial} is not published`);
          await setTimeout(50);
        }
        lags.push(Math.round(performance.now() - began));
      }
      process.stdout.write(`revocation lists: published after ${lags.join(', ')} ms\n`);
      expect(streaming.local.undelivered()).toEqual([]);
    } finally {
      await streaming.stop();
    }
  });
});
