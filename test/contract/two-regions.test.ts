import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plus } from '../../shared/domain/instant.ts';
import type { AppError } from '../../shared/errors/app-error.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import type { StoreOptions } from '../../shared/store/context.ts';
import { ledgerKey } from '../../shared/store/keys.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';
import { dynamoAuthorityReader, unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoReconciliationProgress } from '../../shared/store/reconciliation-progress.ts';
import { dynamoReplacementStore } from '../../shared/store/replacement-store.ts';
import { startTestDynamo, type TestDynamo } from '../support/dynamodb.ts';
import { NOW, sampleRoot } from '../support/records.ts';

/*
 * One table as both Regions see it once a write has arrived: two clients that differ in their Region only.
 */

const RESPONDER = 'arn:aws:kms:eu-central-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef';

let dynamo: TestDynamo;
let tableName: string;
let seconds = 0;
const clients: DynamoDBClient[] = [];
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await dynamo.stop();
});
beforeEach(async () => {
  ({ tableName } = await dynamo.createTable());
  seconds = 0;
  await dynamoLedgerFence(either('eu-central-1')).declare(NOW);
  await dynamoLedgerFence(either('eu-central-1')).activate('eu-central-1', RESPONDER);
});

/** What all functions of a Region have. */
function within(region: string): StoreOptions {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = dynamoClient({ endpoint: dynamo.url, region, credentials });
  clients.push(client);
  return { client, tableName, clock: () => plus(NOW, seconds) };
}

/** What may write in either Region. */
function either(region: string): StoreOptions {
  return { ...within(region), writesIn: 'either' };
}

const refusal = {
  code: 'authority_not_ready',
  message:
    'This is the passive Region, eu-west-1. Send the same request to the active one, eu-central-1. If it is out of reach, an operator moves the work here (docs/recovery.md, "A Region fails").',
  retryAfterSeconds: 300,
  internal: {},
};

async function problemOf(acting: Promise<unknown>): Promise<Partial<AppError> | undefined> {
  try {
    await acting;
    return undefined;
  } catch (error) {
    const { code, message, retryAfterSeconds, internal } = error as AppError;
    return { code, message, retryAfterSeconds, internal } as Partial<AppError>;
  }
}

const WRITES: Readonly<Record<string, (table: StoreOptions) => Promise<unknown>>> = {
  'a put': (table) => dynamoAuthorityStore(table).reserveRoot(sampleRoot()),
  'an update': (table) => dynamoLedgerFence(table).activate('eu-west-1', RESPONDER),
  'a deletion': (table) => dynamoReplacementStore(table).deleteReplacement({ createdAt: NOW, id: 'A' }),
  'a transaction': (table) =>
    dynamoAuthorityStore(table).replaceAdditionalRoots({ version: 1, roots: [] }, []),
};
const writing = (name: keyof typeof WRITES, table: StoreOptions) =>
  problemOf(WRITES[name]?.(table) ?? Promise.resolve());

describe('in the passive Region', () => {
  test.each(Object.keys(WRITES))('%s is refused', async (name) => {
    expect(await writing(name, within('eu-west-1'))).toEqual(refusal);
  });

  test('a write is refused after the authority was read too', async () => {
    const table = within('eu-west-1');
    await unfencedAuthorityReader(table).readAuthority();
    expect(await writing('a put', table)).toEqual(refusal);
  });

  test('what signs does not get the authority, and what only reads does', async () => {
    const table = within('eu-west-1');
    expect(await problemOf(dynamoAuthorityReader(table).readAuthority())).toEqual(refusal);
    expect(await problemOf(dynamoLedgerFence(table).checkOpen())).toEqual(refusal);
    expect(await problemOf(unfencedAuthorityReader(table).readAuthority())).toBeUndefined();
  });

  test('what runs by itself learns that it rests', async () => {
    expect(await activeRegionElsewhere(within('eu-west-1'), true)).toBe('eu-central-1');
    expect(await activeRegionElsewhere(within('eu-central-1'), true)).toBeUndefined();
  });

  test('signatures are reconciled: each Region notes how far it has come by itself', async () => {
    const progress = (region: string) => dynamoReconciliationProgress(either(region), true);
    await progress('eu-west-1').noteProgress('early', NOW);
    expect(await progress('eu-west-1').readProgress()).toEqual({ early: NOW });
    expect(await progress('eu-central-1').readProgress()).toEqual({});
  });
});

describe('the active Region', () => {
  const reads = () => dynamo.server.calls.all().filter(({ action }) => action === 'Query').length;

  test('writes, and asks at most every five seconds whether it still may', async () => {
    const table = within('eu-central-1');
    const before = reads();
    for (const at of [0, 4]) {
      seconds = at;
      expect(await writing('a put', table)).toBeUndefined();
    }
    expect(reads() - before).toBe(1);
    seconds = 5;
    expect(await writing('a transaction', table)).toBeUndefined();
    expect(reads() - before).toBe(2);
  });

  test('is the other one after a deployment said so, for what signs from the next request on', async () => {
    const [old, next] = [within('eu-central-1'), within('eu-west-1')];
    expect(await writing('a put', old)).toBeUndefined();
    const moved = plus(NOW, seconds);
    const state = await dynamoLedgerFence(either('eu-west-1')).activate('eu-west-1', RESPONDER, moved);
    expect(state).toEqual({
      tableName,
      openedAt: NOW,
      activeRegion: 'eu-west-1',
      activeSince: NOW,
      responderKeyArn: RESPONDER,
    });
    expect((await problemOf(dynamoAuthorityReader(old).readAuthority()))?.message).toContain(
      'This is the passive Region, eu-central-1',
    );
    // Having seen that, it does not believe what it saw before.
    expect((await writing('a put', old))?.code).toBe('authority_not_ready');
    seconds = 45;
    expect(await writing('a put', next)).toBeUndefined();
  });

  test('begins in the place of the other one when what that one began has ended', async () => {
    const [old, next] = [within('eu-central-1'), within('eu-west-1')];
    expect(await writing('a put', old)).toBeUndefined();
    await dynamoLedgerFence(either('eu-west-1')).activate('eu-west-1', RESPONDER, NOW);
    // What the old one saw last, it believes for five seconds; a request of that time takes 28.
    seconds = 4;
    expect(await writing('a put', old)).toBeUndefined();
    const settling = (left: number) => ({
      code: 'authority_not_ready',
      message: `This Region, eu-west-1, takes the work over, and begins when whatever the other one began has ended. Send the same request again in ${left} seconds.`,
      retryAfterSeconds: left,
      internal: {},
    });
    for (const at of [4, 33, 44]) {
      seconds = at;
      for (const name of Object.keys(WRITES)) expect(await writing(name, next)).toEqual(settling(45 - at));
      expect(await problemOf(dynamoAuthorityReader(next).readAuthority())).toEqual(settling(45 - at));
      expect(await problemOf(unfencedAuthorityReader(next).readAuthority())).toBeUndefined();
    }
    seconds = 45;
    for (const name of Object.keys(WRITES)) expect(await writing(name, next)).toBeUndefined();
    expect(await problemOf(dynamoAuthorityReader(next).readAuthority())).toBeUndefined();
  });
});

test('a table that says nothing of Regions is that of an authority in one', async () => {
  const table = await dynamo.createTable();
  tableName = table.tableName;
  await dynamoLedgerFence(table).declare(NOW);
  expect(await problemOf(dynamoAuthorityReader(within('eu-west-1')).readAuthority())).toBeUndefined();
  expect(await writing('a put', within('eu-west-1'))).toBeUndefined();
  const { Item } = await table.client.send(new GetItemCommand({ TableName: tableName, Key: ledgerKey }));
  expect(Object.keys(Item ?? {}).sort()).toEqual(['openedAt', 'pk', 'sk', 'tableName']);
  expect(await activeRegionElsewhere(either('eu-west-1'))).toBeUndefined();
});
