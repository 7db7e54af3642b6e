import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatToken, randomBase62, SECRET_LENGTH } from '../../shared/domain/bootstrap-token.ts';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus, systemClock } from '../../shared/domain/instant.ts';
import { DEFAULT_CRL_SHARDS, listShardOf, shardPath } from '../../shared/domain/revocation-points.ts';
import { createAuthority } from '../../shared/issuance/create-authority.ts';
import { enroll } from '../../shared/issuance/enroll.ts';
import { parseList, splitList } from '../../shared/pki/crl/parse-list.ts';
import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import { publishList } from '../../shared/revocation/publish-list.ts';
import {
  type PublishListsDependencies,
  publishAllLists,
  publishChangedLists,
} from '../../shared/revocation/publish-lists.ts';
import { rootLists } from '../../shared/revocation/publishable-list.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { dynamoRevokedCertificates } from '../../shared/store/revoked-entry.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { fakeCaSigner } from '../fakes/ca-signer.ts';
import { REVOCATION_URL } from '../support/ca.ts';
import { makeCsr } from '../support/csr.ts';
import { startTestDynamo, type TestDynamo } from '../support/dynamodb.ts';
import { type LocalS3, startS3 } from '../support/local-s3.ts';
import { sampleReservation, sampleRevocation, sampleToken, sha256Hex } from '../support/records.ts';
import { ISSUER_KEY, PLAN, ROOT_KEY } from '../unit/issuance/world.ts';

/*
 * 10,000 revocations at once, with enrollments meanwhile: all are in the lists in the end. The adapters speak to a real
 * DynamoDB engine and a real S3 engine; what the table's stream does is done here: one batch of changed shards a second.
 * What it took is printed, and compared with nothing, since it depends on the machine.
 */

const CERTIFICATES = 10_000;
const AT_ONCE = 8;

/** Of the event source mapping. */
const WINDOW_MILLISECONDS = 1000;

const FULL = '/crl/issuer-1/full.crl';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-load-'));
let dynamo: TestDynamo;
let s3: LocalS3;
beforeAll(async () => {
  [dynamo, s3] = await Promise.all([startTestDynamo(), startS3(directory, ['lists'])]);
});
afterAll(async () => {
  await Promise.all([dynamo.stop(), s3.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

async function service() {
  const table = await dynamo.createTable();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = s3Client({ endpoint: s3.url, region: 'eu-central-1', credentials });
  const signer = fakeCaSigner({ [ROOT_KEY]: 'ECC_NIST_P384', [ISSUER_KEY]: 'ECC_NIST_P256' });
  const random = (length: number) => Uint8Array.from(randomBytes(length));
  const authority = dynamoAuthorityStore(table);
  const { root } = await createAuthority(
    { store: authority, signer, clock: systemClock, random },
    { ...PLAN, crlShards: DEFAULT_CRL_SHARDS },
  );
  const lists: PublishListsDependencies = {
    authority,
    revoked: dynamoRevokedCertificates(table),
    objects: s3ObjectStore({ client, bucketName: 'lists' }),
    signer,
    clock: systemClock,
    pause: setTimeout,
    revocationUrl: REVOCATION_URL,
    life: { lifetimeSeconds: 3 * DAY, cacheSeconds: 60 },
  };
  const ca = { ...root, certificate: root.certificate ?? new Uint8Array() };
  for (const list of rootLists(lists, ca, [])) await publishList(lists, list, lists.life);
  await publishAllLists(lists);
  return {
    lists,
    signer,
    random,
    store: dynamoIssuanceStore({ ...table, rootIds: ['root-1'], issuerIds: ['issuer-1'] }),
    tokens: dynamoTokenStore(table),
    ledger: dynamoRevocationLedger(table),
  };
}

type Service = Awaited<ReturnType<typeof service>>;

test(`${CERTIFICATES} revocations with enrollments meanwhile are all in the lists`, async () => {
  const subject = await service();
  const records = await recorded(subject);
  const { signatures } = subject.signer;
  const revokedAt = new Map<string, number>();
  const publishedAt = new Map<string, number>();
  const changed = new Set<number>();
  const began = performance.now();
  let working = true;

  const publishing = (async () => {
    for (let last = false; !last; ) {
      await setTimeout(WINDOW_MILLISECONDS);
      last = !working;
      const shards = [...changed];
      changed.clear();
      const batch = shards.map((shard) => ({ issuerId: 'issuer-1', shard }));
      expect((await publishChangedLists(subject.lists, batch)).failed).toEqual([]);
      for (const path of shards.map((shard) => shardPath('issuer-1', shard)))
        for (const serial of await serialsOf(subject, path))
          if (!publishedAt.has(serial)) publishedAt.set(serial, performance.now());
    }
  })();
  const enrolling = enrollWhile(subject, () => working);
  const revoking = inParallel(records, AT_ONCE, async (record) => {
    const revocation = sampleRevocation({ revokedAt: systemClock(), reason: 'superseded' });
    expect(await subject.ledger.revoke(record, revocation, { exclusive: [] })).toBe('revoked');
    revokedAt.set(record.serialNumber, performance.now());
    changed.add(listShardOf(record));
  });
  await revoking.finally(() => {
    working = false;
  });
  const seconds = (performance.now() - began) / 1000;
  const enrolled = await enrolling;
  await publishing;

  expect(records.filter(({ serialNumber }) => !publishedAt.has(serialNumber))).toEqual([]);
  const { failed } = await publishAllLists(subject.lists);
  expect(failed).toEqual([]);
  const full = await serialsOf(subject, FULL);
  expect(records.filter(({ serialNumber }) => !full.has(serialNumber))).toEqual([]);
  expect(full.size).toBe(CERTIFICATES);
  expect(enrolled).toBeGreaterThan(0);
  const lags = records
    .map(
      ({ serialNumber: one }) => Math.max(0, (publishedAt.get(one) ?? 0) - (revokedAt.get(one) ?? 0)) / 1000,
    )
    .sort((a, b) => a - b);
  const part = (share: number) => `${lags[Math.ceil(share * lags.length) - 1]?.toFixed(1)} s`;
  process.stdout.write(
    `revocation load: ${CERTIFICATES} revoked in ${seconds.toFixed(1)} s with ${enrolled} enrollments; ` +
      `published after ${part(0.5)} (median), ${part(0.95)} (95 %), ${part(1)} (all); ` +
      `${subject.signer.signatures - signatures - enrolled} lists signed\n`,
  );
});

/** Reservations, which are revoked as certificates are. */
async function recorded({ store, tokens }: Service): Promise<readonly CertificateRecord[]> {
  const now = systemClock();
  const token = sampleToken({ maxUses: CERTIFICATES, createdAt: now, expiresAt: plus(now, DAY) });
  await tokens.createToken(token);
  const places = Array.from({ length: CERTIFICATES }, (_, i) => i);
  return inParallel(places, AT_ONCE, async (place) => {
    const reservation = sampleReservation(token, { useSlot: place % 16, reservedAt: now });
    expect(await store.reserve(reservation, now)).toBe('reserved');
    return reservation.record;
  });
}

/** Enrolls one host after the other. @returns how many. */
async function enrollWhile({ store, tokens, signer, random }: Service, goOn: () => boolean): Promise<number> {
  const deps = {
    store,
    signer,
    random,
    clock: systemClock,
    pause: async (milliseconds: number) => void (await setTimeout(milliseconds)),
    trustDomain: PLAN.trustDomain,
    revocationUrl: REVOCATION_URL,
  };
  let enrolled = 0;
  for (; goOn(); enrolled++) {
    const secret = randomBase62(random, SECRET_LENGTH);
    const now = systemClock();
    const token = sampleToken({ secretSha256: sha256Hex(secret), createdAt: now, expiresAt: plus(now, DAY) });
    await tokens.createToken(token);
    await enroll(deps, {
      token: formatToken(token.id, secret),
      csr: makeCsr({ kind: 'p256' }).pem,
      name: `host-${enrolled}`,
      dnsNames: [],
      ipAddresses: [],
      sourceIp: '198.51.100.7',
      requestId: `load-${enrolled}`,
      accept: () => ({ deployment: undefined }),
    });
  }
  return enrolled;
}

/** By the lengths of the entries; the readers of libraries take long for thousands. */
async function serialsOf({ lists }: Service, path: string): Promise<ReadonlySet<string>> {
  const list = await lists.objects.read(path);
  const entries = Buffer.from(parseList(splitList(list?.body ?? new Uint8Array()).tbs).entries ?? []);
  const found = new Set<string>();
  for (let at = 0; at < entries.length; at += 2 + (entries[at + 1] ?? 0))
    found.add(entries.toString('hex', at + 4, at + 22));
  return found;
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const work = async () => {
    for (const [i, item] of rest) results[i] = await act(item);
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}
