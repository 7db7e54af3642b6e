import {
  type CancellationReason,
  type DynamoDBClient,
  QueryCommand,
  ThrottlingException,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { commonName, NOW, sampleReservation, sampleToken } from '../support/records.ts';

const OPEN = { used: { N: '1' }, capacity: { N: '1' }, expiresAt: { N: String(NOW) } };
const FAILED: CancellationReason = { Code: 'ConditionalCheckFailed' };
const FULL: CancellationReason = { ...FAILED, Item: OPEN };
const CLOSED: CancellationReason = { ...FAILED, Item: { ...OPEN, closedAt: { N: '1' } } };
const NONE: CancellationReason = { Code: 'None' };
const passing = (Code: string): CancellationReason => ({ Code, Message: 'busy' });

const metadata = { $metadata: {}, message: 'from the stub' };
const cancelled = (CancellationReasons: CancellationReason[]) =>
  new TransactionCanceledException({ ...metadata, CancellationReasons });

/** A client that answers from a list, in order; the last one again and again. Errors are thrown. */
function scripted(...answers: readonly unknown[]) {
  const left = [...answers];
  const sent: unknown[] = [];
  const send = async (command: { readonly input: unknown }) => {
    // Which table the ledger is in: nothing says that it has moved.
    if (command instanceof QueryCommand) return {};
    sent.push(command.input);
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const pauses: number[] = [];
  const store = dynamoIssuanceStore({
    client: { send } as unknown as DynamoDBClient,
    tableName: 'table',
    rootIds: [],
    issuerIds: [],
    random: () => 1,
    pause: async (milliseconds) => void pauses.push(milliseconds),
  });
  return { store, sent, pauses };
}

describe('refused transactions', () => {
  const reservation = sampleReservation(sampleToken());

  test.each([
    { name: 'the reservation exists', reasons: [FAILED, NONE, NONE, NONE], outcome: 'exists' },
    { name: 'everything fails at once', reasons: [FAILED, CLOSED, FAILED, FAILED], outcome: 'exists' },
    {
      name: 'the reservation exists, and another item is busy',
      reasons: [FAILED, passing('TransactionConflict'), NONE, NONE],
      outcome: 'exists',
    },
    { name: 'the counter is gone', reasons: [NONE, FAILED, NONE, NONE], outcome: 'token_closed' },
    { name: 'the counter is closed', reasons: [NONE, CLOSED, FAILED, NONE], outcome: 'token_closed' },
    { name: 'the counter is full', reasons: [NONE, FULL, FAILED, NONE], outcome: 'slot_full' },
    { name: 'the name moved on', reasons: [NONE, NONE, FAILED, NONE], outcome: 'name_changed' },
  ])('$name: $outcome, without a retry', async ({ reasons, outcome }) => {
    const { store, sent } = scripted(cancelled(reasons));
    expect(await store.reserve(reservation, NOW)).toBe(outcome);
    expect(sent).toHaveLength(1);
  });

  test.each([
    { name: 'a conflict', first: cancelled([NONE, passing('TransactionConflict'), NONE, NONE]) },
    {
      name: 'a full counter beside a conflict on the reservation: a twin may have taken the last use',
      first: cancelled([passing('TransactionConflict'), FULL, NONE, NONE]),
    },
    { name: 'a throttled item', first: cancelled([NONE, passing('ThrottlingError'), NONE, NONE]) },
    {
      name: 'an item beyond its throughput',
      first: cancelled([NONE, NONE, NONE, passing('ProvisionedThroughputExceeded')]),
    },
    { name: 'the same transaction in progress', first: new TransactionInProgressException(metadata) },
    { name: 'a throttled call', first: new ThrottlingException(metadata) },
  ])('$name is tried again', async ({ first }) => {
    const { store, sent, pauses } = scripted(first, {});
    expect(await store.reserve(reservation, NOW)).toBe('reserved');
    expect(sent).toHaveLength(2);
    expect(pauses).toEqual([50]);
  });

  test.each([
    {
      name: 'a broken connection',
      error: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
    },
    { name: 'no answer in time', error: Object.assign(new Error('timed out'), { name: 'TimeoutError' }) },
    {
      name: 'an answer of status 503',
      error: Object.assign(new Error(''), { $metadata: { httpStatusCode: 503 } }),
    },
  ])('$name, after the tries of the SDK: try again, without more tries', async ({ error }) => {
    const { store, sent } = scripted(error);
    await expect(store.reserve(reservation, NOW)).rejects.toMatchObject({
      code: 'try_again',
      retryAfterSeconds: 2,
      cause: error,
    });
    expect(sent).toHaveLength(1);
  });

  test('pauses grow to a second and end before 6 seconds', async () => {
    const { store, pauses } = scripted(new ThrottlingException(metadata));
    await expect(store.reserve(reservation, NOW)).rejects.toMatchObject({
      code: 'try_again',
      retryAfterSeconds: 2,
    });
    expect(pauses).toEqual([50, 100, 200, 400, 1000, 1000, 1000, 1000, 1000]);
  });

  test('a refusal that no retry mends is thrown as it is', async () => {
    const broken = cancelled([NONE, { Code: 'ValidationError', Message: 'item too large' }, NONE, NONE]);
    const { store, sent } = scripted(broken);
    await expect(store.reserve(reservation, NOW)).rejects.toBe(broken);
    expect(sent).toHaveLength(1);
  });
});

describe('reads that DynamoDB leaves unfinished', () => {
  const query = {
    tokenId: sampleToken().id,
    publicKeySha256: 'ab'.repeat(32),
    name: commonName(),
    dnsNames: [],
    ipAddresses: [],
  };
  const left = [{ pk: { S: `NAME#${query.name}` }, sk: { S: 'META' } }];
  const named = { ...left[0], version: { N: '3' }, holders: { L: [] }, blocked: { L: [] } };

  test('the keys left over, and only they, are asked for again', async () => {
    const { store, sent, pauses } = scripted(
      { Responses: { table: [] }, UnprocessedKeys: { table: { Keys: left } } },
      { Responses: { table: [named] } },
    );
    expect((await store.readForEnrollment(query)).name).toEqual({
      name: query.name,
      version: 3,
      holders: [],
      blocked: [],
    });
    expect(sent[1]).toEqual({ RequestItems: { table: { Keys: left, ConsistentRead: true } } });
    expect(pauses).toEqual([50]);
  });

  test('keys that are left over every time: try again', async () => {
    const { store } = scripted({ Responses: { table: [] }, UnprocessedKeys: { table: { Keys: left } } });
    await expect(store.readForEnrollment(query)).rejects.toMatchObject({
      code: 'try_again',
      retryAfterSeconds: 2,
    });
  });
});
