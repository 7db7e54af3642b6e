import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ArchiveDependencies, archiveCertificates } from '../../shared/archive/archive-certificates.ts';
import { findArchived } from '../../shared/archive/find-archived.ts';
import { TABLE_KEY } from '../../shared/config/table.ts';
import type { CertificateEvent } from '../../shared/domain/certificate-event.ts';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { type Instant, plus } from '../../shared/domain/instant.ts';
import { dynamoAgentLedger } from '../../shared/store/agent-ledger.ts';
import { dynamoArchivedCertificates, dynamoArchivingLedger } from '../../shared/store/archive-ledger.ts';
import { itemsOf, lineOf } from '../../shared/store/archive-line.ts';
import { rootItem } from '../../shared/store/authority-item.ts';
import { certificateItem } from '../../shared/store/certificate-item.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import type { Item } from '../../shared/store/expression.ts';
import { dynamoDeploymentLedger } from '../../shared/store/record-deployment.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { fakeObjectStore } from '../fakes/object-store.ts';
import { startTestDynamo, type TestDynamo, type TestTable } from '../support/dynamodb.ts';
import { NOW, sampleRecord, sampleRevocation, sampleRoot, serialNumber } from '../support/records.ts';

const AFTER = 100 * DAY;
/** All certificates of these tests have ended by then, and long ago. */
const LATER = plus(NOW, 600 * DAY);
const CERTIFICATE = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);

let dynamo: TestDynamo;
let table: TestTable;
let objects: ReturnType<typeof fakeObjectStore>;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  table = await dynamo.createTable();
  objects = fakeObjectStore();
  await put(rootItem(sampleRoot({ createdAt: NOW })));
});

async function put(Item: Item): Promise<void> {
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
}

let drawn = 0;
const run = (changes: Partial<ArchiveDependencies> = {}, now: Instant = LATER) =>
  archiveCertificates({
    ledger: dynamoArchivingLedger(table),
    objects,
    clock: () => now,
    random: (length) => Uint8Array.from({ length }, () => drawn++ % 256),
    afterSeconds: AFTER,
    remainingMilliseconds: () => 900_000,
    ...changes,
  });

const find = ({ serialNumber: serial }: Pick<CertificateRecord, 'serialNumber'>) =>
  findArchived({ archived: dynamoArchivedCertificates(table), archive: objects }, serial);

/** A certificate that was issued, with a deployment and an event beside it. */
async function issued(changes: Partial<CertificateRecord> = {}): Promise<CertificateRecord> {
  const record = sampleRecord({
    ...{ state: 'ISSUED', issuedAt: NOW, certificate: CERTIFICATE },
    attempts: [{ at: NOW, outcome: 'ok', requestId: 'kms-1' }],
    ...changes,
  });
  await put(certificateItem(record));
  await dynamoDeploymentLedger(table).recordAdministratorDeployment(record.serialNumber, '{"os":"linux"}');
  await dynamoAgentLedger(table).note(record.serialNumber, EVENT);
  return record;
}

const EVENT: CertificateEvent = { at: NOW, event: 'agentUnenrolled', by: 'fleetseal', comment: 'Müller' };

async function kinds(): Promise<readonly string[]> {
  const { Items = [] } = await table.client.send(
    new ScanCommand({ TableName: table.tableName, ConsistentRead: true }),
  );
  return Items.map((item) => item[TABLE_KEY.partition]?.S?.split('#')[0] ?? '').sort();
}

const recorded = async ({ serialNumber: serial }: CertificateRecord) =>
  (await dynamoRevocationLedger(table).certificate(serial)) !== undefined;

test('what expired long ago leaves the table with all that belongs to it, and is found as it was', async () => {
  const record = await issued();
  expect(await run()).toEqual({ archived: 1, objects: 1, left: 0, behindSeconds: 0 });
  expect(await kinds()).toEqual(['ARCHIVED', 'AUTHORITY']);
  expect(await find(record)).toEqual({
    record: { ...record, administratorDeployment: '{"os":"linux"}', archivedAt: LATER },
    events: [EVENT],
  });
  const { items } = await dynamoCertificateListing(table).listCertificates({ limit: 10, now: LATER });
  expect(items).toEqual([]);
  expect([...objects.versions.keys()]).toEqual([
    expect.stringMatching(/^\/certificates\/2026-12\/20280715T\d{6}Z-[0-9a-f]{16}\.jsonl\.gz$/),
  ]);
  expect(await run()).toEqual({ archived: 0, objects: 0, left: 0, behindSeconds: 0 });
  expect(await find({ serialNumber: serialNumber() })).toBeUndefined();
});

const validity = (notAfter: Instant) => ({ validity: { notBefore: NOW, notAfter } });
const DUE = plus(LATER, -AFTER - 1);

test.each<{ name: string; make: () => Promise<CertificateRecord>; leaves: boolean }>([
  { name: 'is due', make: () => issued(validity(DUE)), leaves: true },
  { name: 'is due a second later', make: () => issued(validity(plus(DUE, 1))), leaves: false },
  {
    name: 'was revoked',
    make: () => issued({ state: 'REVOKED', revocation: sampleRevocation() }),
    leaves: true,
  },
  {
    name: 'was never finished',
    make: async () => {
      const record = sampleRecord();
      await put(certificateItem(record));
      return record;
    },
    leaves: false,
  },
  {
    name: 'was renewed by one that may still be renewed or confirmed',
    make: async () => {
      const next = await issued(validity(plus(LATER, -31 * DAY)));
      const { serialNumber: serial, publicKeySha256 } = next;
      return issued({ successor: { serialNumber: serial, publicKeySha256 } });
    },
    leaves: false,
  },
  {
    name: 'was renewed by one that has ended for good',
    make: async () => {
      const next = await issued(validity(plus(LATER, -31 * DAY - 1)));
      const { serialNumber: serial, publicKeySha256 } = next;
      return issued({ successor: { serialNumber: serial, publicKeySha256 } });
    },
    leaves: true,
  },
  {
    name: 'was renewed by one that has left already',
    make: () => issued({ successor: { serialNumber: serialNumber(), publicKeySha256: 'ab'.repeat(32) } }),
    leaves: true,
  },
])('a certificate that $name leaves: $leaves', async ({ make, leaves }) => {
  const record = await make();
  await run();
  expect(await recorded(record)).toBe(!leaves);
  expect((await find(record)) !== undefined).toBe(leaves);
});

test('many leave in objects of 500, the earliest first, until time is used', async () => {
  const records = Array.from({ length: 503 }, (_, i) =>
    sampleRecord({ state: 'ISSUED', issuedAt: NOW, ...validity(plus(NOW, 30 * DAY + i)) }),
  );
  for (let i = 0; i < records.length; i += 20)
    await Promise.all(records.slice(i, i + 20).map((record) => put(certificateItem(record))));
  const ledger = dynamoArchivingLedger(table);
  let pages = 0;
  const remainingMilliseconds = () => (pages++ === 0 ? 900_000 : 0);
  const { behindSeconds, ...first } = await run({ ledger, remainingMilliseconds });
  expect(first.objects).toBe(1);
  expect(first.archived + first.left).toBeLessThanOrEqual(500);
  const due = plus(LATER, -AFTER);
  expect(behindSeconds).toBe(due - plus(NOW, 30 * DAY + first.archived));
  const second = await run();
  expect(first.archived + second.archived).toBe(503);
  expect(second.behindSeconds).toBe(0);
  for (const record of [records[0], records.at(-1)])
    expect((await find(record ?? sampleRecord()))?.record.serialNumber).toBe(record?.serialNumber);
});

test('two runs at once move each certificate once', async () => {
  const records = await Promise.all(Array.from({ length: 20 }, () => issued()));
  const reports = await Promise.all([run(), run()]);
  expect(reports.reduce((sum, { archived }) => sum + archived, 0)).toBe(20);
  for (const record of records)
    expect((await find(record))?.record).toMatchObject({ serialNumber: record.serialNumber });
  expect((await kinds()).filter((kind) => kind !== 'ARCHIVED')).toEqual(['AUTHORITY']);
});

test('what is revoked meanwhile stays, and leaves with its revocation', async () => {
  const record = await issued();
  const revocation = sampleRevocation();
  const ledger = dynamoArchivingLedger(table);
  const move: typeof ledger.move = async (...args) => {
    await dynamoRevocationLedger(table).revoke(record, revocation, { name: undefined, exclusive: [] });
    return ledger.move(...args);
  };
  expect(await run({ ledger: { ...ledger, move } })).toMatchObject({ archived: 0, left: 1 });
  expect(await find(record)).toBeUndefined();
  expect(await run()).toMatchObject({ archived: 1 });
  expect((await find(record))?.record).toMatchObject({ state: 'REVOKED', revocation });
  expect((await find(record))?.events).toHaveLength(2);
});

test('an event that is noted meanwhile is not lost with the others', async () => {
  const record = await issued();
  const ledger = dynamoArchivingLedger(table);
  const move: typeof ledger.move = async (...args) => {
    await dynamoAgentLedger(table).note(record.serialNumber, { ...EVENT, at: plus(NOW, 1) });
    return ledger.move(...args);
  };
  await run({ ledger: { ...ledger, move } });
  expect((await find(record))?.events).toEqual([EVENT]);
  expect(await dynamoRevocationLedger(table).history(record.serialNumber)).toEqual([
    { ...EVENT, at: plus(NOW, 1) },
  ]);
});

describe('a run that is cut off', () => {
  /** Fails at the nth call, before it or after it. */
  const struck = (nth: number, does: 'before' | 'after') => {
    let calls = 0;
    const begun: Promise<unknown>[] = [];
    const strike =
      <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        calls++;
        if (calls > nth || (calls === nth && does === 'before')) throw new Error('cut off');
        const acting = act(...args);
        begun.push(acting);
        const result = await acting;
        if (calls >= nth) throw new Error('cut off');
        return result;
      };
    const { expired, entries, move } = dynamoArchivingLedger(table);
    return {
      ledger: { expired: strike(expired), entries: strike(entries), move: strike(move) },
      objects: { replace: strike(objects.replace) },
      settled: () => Promise.allSettled(begun),
    };
  };

  test.each(
    [1, 2, 3, 4, 5, 6].flatMap((nth) => (['before', 'after'] as const).map((does) => ({ nth, does }))),
  )('$does call $nth loses nothing, and nothing is found twice', async ({ nth, does }) => {
    const records = await Promise.all([issued(), issued(), issued()]);
    const { settled, ...ports } = struck(nth, does);
    await expect(run(ports)).rejects.toThrow('cut off');
    await settled();
    for (const record of records)
      expect([await recorded(record), (await find(record)) !== undefined].filter(Boolean)).toHaveLength(1);
    await run();
    expect(await kinds()).toEqual(['ARCHIVED', 'ARCHIVED', 'ARCHIVED', 'AUTHORITY']);
    for (const record of records)
      expect(await find(record)).toEqual({
        record: { ...record, administratorDeployment: '{"os":"linux"}', archivedAt: LATER },
        events: [EVENT],
      });
  });
});

test('an object that is gone is an error, not a certificate that never was', async () => {
  const record = await issued();
  await run();
  const archive = { read: async () => undefined };
  await expect(
    findArchived({ archived: dynamoArchivedCertificates(table), archive }, record.serialNumber),
  ).rejects.toThrow(/^the archive's object certificates\/.* lacks certificate /);
});

test('a line holds items as the commands of AWS take them, and brings them back', async () => {
  const items: readonly Item[] = [
    {
      pk: { S: 'CERT#1' },
      octets: { B: Uint8Array.of(0, 255) },
      set: { SS: ['a'] },
      many: { BS: [Uint8Array.of(1)] },
      deep: { L: [{ M: { b: { B: Uint8Array.of(2) }, n: { N: '1' } } }, { BOOL: true }] },
    },
  ];
  const serial = serialNumber();
  const line = lineOf(serial, items);
  expect(line).toBe(
    `{"serialNumber":"${serial}","items":[{"pk":{"S":"CERT#1"},"octets":{"B":"AP8="},"set":{"SS":["a"]},"many":{"BS":["AQ=="]},"deep":{"L":[{"M":{"b":{"B":"Ag=="},"n":{"N":"1"}}},{"BOOL":true}]}}]}`,
  );
  expect(itemsOf(line)).toEqual(items);
});
