import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Fault } from '../../support/faults.ts';
import { type LocalDynamo, startDynamo } from '../../support/local-dynamo.ts';

const TableName = 'ledger';
let dynamo: LocalDynamo;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamo = await startDynamo();
  client = new DynamoDBClient({
    endpoint: dynamo.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
});

afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

beforeEach(() => {
  dynamo.calls.reset();
  dynamo.faults.clear();
});

const put = (pk: string) => new PutItemCommand({ TableName, Item: { pk: { S: pk } } });
const transact = (...keys: string[]) =>
  new TransactWriteItemsCommand({
    TransactItems: keys.map((pk) => ({ Put: { TableName, Item: { pk: { S: pk } } } })),
  });
const isThere = async (pk: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }))).Item !== undefined;

test.each<{ name: string; fault: Fault; error: object; effect: boolean; outcome: string }>([
  {
    name: 'drop',
    fault: { does: 'drop' },
    error: { message: expect.stringContaining('socket hang up') },
    effect: false,
    outcome: 'dropped',
  },
  {
    name: 'lose',
    fault: { does: 'lose' },
    error: { message: expect.stringContaining('socket hang up') },
    effect: true,
    outcome: 'lost',
  },
  {
    name: 'throttle',
    fault: { does: 'throttle' },
    error: { name: 'ThrottlingException' },
    effect: false,
    outcome: 'ThrottlingException',
  },
  {
    name: 'conflict',
    fault: { does: 'conflict' },
    error: { name: 'TransactionConflictException' },
    effect: false,
    outcome: 'TransactionConflictException',
  },
])(
  '$name: the caller sees it, and the effect is there or not',
  async ({ name, fault, error, effect, outcome }) => {
    const remove = dynamo.faults.add({ ...fault, action: 'PutItem' });
    await expect(client.send(put(name))).rejects.toMatchObject(error);
    remove();
    expect(await isThere(name)).toBe(effect);
    expect(dynamo.calls.all().map((call) => `${call.action} ${call.outcome}`)).toEqual([
      `PutItem ${outcome}`,
      'GetItem ok',
    ]);
  },
);

test('a conflicting transaction is cancelled with a reason for each item', async () => {
  const remove = dynamo.faults.add({ does: 'conflict', nth: 2 });
  await client.send(transact('first'));
  await expect(client.send(transact('second', 'third'))).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
  });
  await client.send(transact('fourth'));
  remove();
  expect(await isThere('second')).toBe(false);
});

test('a probability strikes the same calls in every run', async () => {
  const run = async () => {
    const remove = dynamo.faults.add({ does: 'throttle', probability: 0.5, seed: 7 });
    const outcomes: boolean[] = [];
    for (let count = 0; count < 12; count += 1)
      outcomes.push(
        await client.send(put(`p${count}`)).then(
          () => true,
          () => false,
        ),
      );
    remove();
    return outcomes;
  };
  const first = await run();
  expect(first).toContain(true);
  expect(first).toContain(false);
  expect(await run()).toEqual(first);
});
