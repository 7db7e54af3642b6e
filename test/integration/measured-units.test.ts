import { randomBytes } from 'node:crypto';
import {
  type ConsumedCapacity,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ArchivedUnits, type MeasuredUnits, measuredUnits } from '../../docs/generate/cost/units.ts';
import { archiveCertificates } from '../../shared/archive/archive-certificates.ts';
import { INDEXES, TABLE_KEY } from '../../shared/config/table.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import { dynamoAgentLedger } from '../../shared/store/agent-ledger.ts';
import { dynamoArchivingLedger } from '../../shared/store/archive-ledger.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { certificateItem } from '../../shared/store/certificate-item.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { fakeObjectStore } from '../fakes/object-store.ts';
import { startTestDynamo, type TestDynamo, type TestTable } from '../support/dynamodb.ts';
import {
  NOW,
  sampleIssuer,
  sampleRecord,
  sampleReservation,
  sampleRoot,
  sampleToken,
} from '../support/records.ts';

/*
 * What an enrollment takes of DynamoDB, for docs/cost.md and docs/scale.md: with an RSA-2048 key, a certificate of 1,250
 * bytes and a deployment of 300 characters. The engine counts as DynamoDB does.
 */

let dynamo: TestDynamo;
let table: TestTable;
beforeAll(async () => {
  dynamo = await startTestDynamo();
  table = await dynamo.createTable();
});
afterAll(() => dynamo.stop());

test('an enrollment takes the units that the documents are computed from', async () => {
  // Before the first call: the client puts the steps of its calls together once.
  const consumed = countCapacity(table.client);
  const token = sampleToken({ maxUses: 1000 });
  await dynamoTokenStore(table).createToken(token);
  const authority = dynamoAuthorityStore(table);
  await authority.reserveRoot(sampleRoot({ certificate: randomBytes(1400), state: 'ISSUED' }));
  for (const id of ['issuer-1', 'issuer-2'])
    await authority.reserveIssuer(sampleIssuer({ id, certificate: randomBytes(1250), state: 'ACTIVE' }));
  const store = dynamoIssuanceStore({
    ...table,
    rootIds: ['root-1'],
    issuerIds: ['issuer-1', 'issuer-2'],
  });
  const before = await sizes(table);
  const earlier = consumed.length;
  const reservation = sampleReservation(token, { publicKey: randomBytes(294), keyKind: 'rsa' });
  const { publicKeySha256, name } = reservation.record;
  const asked = { tokenId: token.id, publicKeySha256, name, dnsNames: [], ipAddresses: [] };
  await store.readForEnrollment(asked);
  await store.reserve(reservation, NOW);
  await store.commit(reservation.record, {
    certificate: randomBytes(1250),
    issuedAt: NOW,
    attempts: [{ at: NOW, outcome: 'ok', requestId: '7b1f6a3c-1111-4222-8333-444455556666' }],
    deployment: 'x'.repeat(300),
  });
  const [read, ...writes] = consumed.slice(earlier);
  const measured: MeasuredUnits = {
    readUnits: read?.CapacityUnits ?? 0,
    // One root, two issuers, the additional roots.
    authorityReadUnits: 4,
    tableWriteUnits: sum(writes.map(({ Table }) => Table?.CapacityUnits ?? 0)),
    indexWriteUnits: Object.fromEntries(
      Object.values(INDEXES)
        .map(({ name: index }) => [index, sum(writes.map((write) => unitsOf(write, index)))] as const)
        .filter(([, units]) => units > 0),
    ),
    storedBytes: Math.round(((await sizes(table)) - before) / 100) * 100,
    archived: await archivedUnits(consumed),
  };
  expect(measured).toEqual(measuredUnits());
});

/** Of certificates as the one above, that leave in one object. */
async function archivedUnits(consumed: readonly Consumed[]): Promise<ArchivedUnits> {
  const count = 20;
  const other = await dynamo.createTable();
  const events = dynamoAgentLedger(other);
  await dynamoAuthorityStore(other).reserveRoot(sampleRoot({ createdAt: NOW }));
  const before = await sizes(other);
  for (let i = 0; i < count; i++) {
    const record = sampleRecord({
      ...{ publicKey: randomBytes(294), keyKind: 'rsa', state: 'ISSUED', issuedAt: NOW },
      certificate: randomBytes(1250),
      attempts: [{ at: NOW, outcome: 'ok', requestId: '7b1f6a3c-1111-4222-8333-444455556666' }],
      hostDeployment: 'x'.repeat(300),
    });
    await other.client.send(
      new PutItemCommand({ TableName: other.tableName, Item: certificateItem(record) }),
    );
    const successor = record.serialNumber;
    await events.note(record.serialNumber, { at: NOW, event: 'renewed', by: 'host at 192.0.2.1', successor });
    await events.note(record.serialNumber, {
      ...{ at: NOW, event: 'successorConfirmed', by: 'host at 192.0.2.1', successor },
    });
  }
  const earlier = consumed.length;
  const objects = fakeObjectStore();
  await archiveCertificates({
    ledger: dynamoArchivingLedger(other),
    objects,
    clock: () => plus(NOW, 600 * DAY),
    random: (length) => new Uint8Array(length),
    afterSeconds: 100 * DAY,
    remainingMilliseconds: () => 900_000,
  });
  const writes = consumed.slice(earlier).filter(({ isTransaction }) => isTransaction);
  const [object] = [...objects.versions.values()].map(([version]) => version?.body.length ?? 0);
  return {
    writeUnits: Math.round(sum(writes.map(({ CapacityUnits = 0 }) => CapacityUnits)) / count),
    noteBytes: Math.round(((await sizes(other)) - before) / count / 10) * 10,
    objectBytes: Math.round((object ?? 0) / count / 100) * 100,
  };
}

function unitsOf({ GlobalSecondaryIndexes }: ConsumedCapacity, index: string): number {
  return GlobalSecondaryIndexes?.[index]?.CapacityUnits ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** What a call consumed. */
interface Consumed extends ConsumedCapacity {
  readonly isTransaction: boolean;
}

/** What each call from now on consumes, in order. */
function countCapacity(client: DynamoDBClient): readonly Consumed[] {
  const consumed: Consumed[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        Object.assign(call.input, { ReturnConsumedCapacity: 'INDEXES' });
        const result = await next(call);
        const { ConsumedCapacity: found } = result.output as {
          ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
        };
        const isTransaction = commandName === 'TransactWriteItemsCommand';
        for (const one of found === undefined ? [] : [found].flat()) consumed.push({ ...one, isTransaction });
        return result;
      },
    { step: 'initialize', name: 'countCapacity' },
  );
  return consumed;
}

/** Bytes of all items in the table and in its indexes, where each takes 100 more (developer guide, "Indexed data storage"). */
async function sizes({ client, tableName }: TestTable): Promise<number> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  const entries = Items.flatMap((item) =>
    Object.values(INDEXES)
      .filter(({ partition, sort }) => item[partition] !== undefined && item[sort] !== undefined)
      .map(({ partition, sort, include }) => {
        const attributes = new Set<string>([...Object.values(TABLE_KEY), partition, sort, ...include]);
        return (
          100 + sizeOf(Object.fromEntries(Object.entries(item).filter(([name]) => attributes.has(name))))
        );
      }),
  );
  return sum([...Items.map((item) => 100 + sizeOf(item)), ...entries]);
}

/** Names and values, roughly as DynamoDB counts them: text and bytes by their length, a number by half of its digits. */
function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return 3 + sum(value.map((one) => 1 + sizeOf(one)));
  if (typeof value !== 'object' || value === null) return 1;
  return sum(
    Object.entries(value).map(([name, one]) => {
      if (name === 'N') return Math.ceil(String(one).length / 2) + 1;
      return (/^(S|B|SS|BOOL|NULL|L|M)$/.test(name) ? 0 : Buffer.byteLength(name)) + sizeOf(one);
    }),
  );
}
