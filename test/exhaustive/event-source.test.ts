import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../infra/local/local-cloud.ts';
import {
  allow,
  fixtureResources,
  fn,
  getAtt,
  role,
  TABLE,
  writeAssembly,
} from '../integration/local/fixture.ts';
import { at } from '../support/json.ts';

const stream = getAtt('Table', 'StreamArn');
const reads = [
  allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], stream),
  allow('dynamodb:ListStreams', '*'),
];
const pk = (prefix: string) => ({
  Filters: [{ Pattern: JSON.stringify({ dynamodb: { Keys: { pk: { S: [{ prefix }] } } } }) }],
});

/** The fixture with a stream, and a function for records whose key begins with `TOKEN#`. */
function withStream(mapping: object = {}, statements: readonly object[] = reads) {
  const { Table, ...rest } = fixtureResources();
  return {
    ...rest,
    Table: {
      ...Table,
      Properties: { ...Table.Properties, StreamSpecification: { StreamViewType: 'KEYS_ONLY' } },
    },
    Failures: { Type: 'AWS::SQS::Queue' },
    ReaderRole: role(...statements, allow('sqs:SendMessage', getAtt('Failures'))),
    Seen: fn('reader', 'ReaderRole'),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: stream,
        FunctionName: { Ref: 'Seen' },
        StartingPosition: 'TRIM_HORIZON',
        FilterCriteria: pk('TOKEN#'),
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: getAtt('Failures') } },
        ...mapping,
      },
    },
  };
}

const directories: string[] = [];
const running = new Set<LocalCloud>();
afterEach(async () => {
  for (const cloud of running) await cloud.stop();
  running.clear();
});
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Lines that can be awaited. */
function journal() {
  const lines: string[] = [];
  const checks = new Set<() => void>();
  return {
    lines,
    add(line: string) {
      lines.push(line);
      for (const check of checks) check();
    },
    /** Resolves when `found` returns something. */
    until<Found>(found: (lines: readonly string[]) => Found | undefined): Promise<Found> {
      return new Promise((resolve) => {
        const check = () => {
          const it = found(lines);
          if (it !== undefined) resolve(it);
        };
        checks.add(check);
        check();
      });
    },
  };
}

/** A local cloud over new data, or over those of another one. */
async function start(
  resources: object,
  data = mkdtempSync(join(tmpdir(), 'fleetseal-source-')),
  streams = true,
) {
  const assembly = writeAssembly(resources);
  directories.push(assembly, data);
  const log = journal();
  const cloud = await startLocalCloud({ assembly, data, port: 0, schedules: false, streams, log: log.add });
  running.add(cloud);
  const { credentials, endpoints } = cloud.sessionOf('fixture-Work');
  const client = new DynamoDBClient({ region: cloud.region, credentials, endpoint: endpoints.dynamodb });
  return {
    cloud,
    data,
    log,
    /** What the function processed, when so many records were in it: the keys of each batch. */
    processed: (records: number) =>
      log.until((lines) => {
        const got = lines
          .filter((line) => line.startsWith('batch '))
          .map((line) => JSON.parse(line.slice(6)) as string[]);
        return got.flat().length < records ? undefined : got;
      }),
    async put(...keys: string[]) {
      const TransactItems = keys.map((key) => ({ Put: { TableName: TABLE, Item: { pk: { S: key } } } }));
      await client.send(new TransactWriteItemsCommand({ TransactItems }));
    },
    async stop() {
      running.delete(cloud);
      await cloud.stop();
    },
  };
}

test('records that pass the filter reach the function in order, as AWS writes them', async () => {
  const { processed, put, log } = await start(withStream({ FilterCriteria: pk('TOKEN#a') }));
  await put('TOKEN#b', 'TOKEN#a1', 'TOKEN#a2');
  await put('TOKEN#a3');
  expect((await processed(3)).flat()).toEqual(['TOKEN#a1', 'TOKEN#a2', 'TOKEN#a3']);
  const event = JSON.parse(log.lines.find((line) => line.startsWith('event '))?.slice(6) ?? '');
  expect(at(event, 'Records.0')).toMatchObject({
    eventID: expect.any(String),
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventSourceARN:
      'arn:aws:dynamodb:eu-central-1:000000000000:table/fixture-Table/stream/2026-01-01T00:00:00.000',
    awsRegion: 'eu-central-1',
    dynamodb: {
      Keys: { pk: { S: 'TOKEN#a1' } },
      ApproximateCreationDateTime: expect.any(Number),
      SequenceNumber: expect.any(String),
      StreamViewType: 'KEYS_ONLY',
    },
  });
});

describe('a batch', () => {
  test('is of the size of the mapping', async () => {
    const { processed, put } = await start(withStream({ BatchSize: 2 }));
    await put('TOKEN#1', 'TOKEN#2', 'TOKEN#3', 'TOKEN#4', 'TOKEN#5');
    expect(Math.max(...(await processed(5)).map((keys) => keys.length))).toBe(2);
  });

  test('gathers what comes within the window', async () => {
    const { processed, put } = await start(withStream({ MaximumBatchingWindowInSeconds: 2 }));
    for (const key of ['TOKEN#1', 'TOKEN#2', 'TOKEN#3']) await put(key);
    expect(await processed(3)).toEqual([['TOKEN#1', 'TOKEN#2', 'TOKEN#3']]);
  });
});

describe('a function that fails', () => {
  test('gets the batch again, until it is given up; then the next one', async () => {
    const { cloud, processed, put, log } = await start(withStream({ BatchSize: 1 }));
    await put('TOKEN#poison', 'TOKEN#2');
    await log.until((lines) => lines.find((line) => line.startsWith('event ')));
    cloud.clock.shift(3600);
    expect((await processed(1)).flat()).toEqual(['TOKEN#2']);
    expect(log.lines.filter((line) => line.startsWith('event '))).toHaveLength(3);
    expect(cloud.undelivered()).toMatchObject([
      {
        destination: 'arn:aws:sqs:eu-central-1:000000000000:fixture-Failures',
        function: 'fixture-Seen',
        records: [{ dynamodb: { Keys: { pk: { S: 'TOKEN#poison' } } } }],
      },
    ]);
    expect(log.lines).toContain('fixture-Seen: 1 records of a stream are given up after 2 attempts');
  });

  test('gets halves of the batch, where the mapping says so', async () => {
    const { cloud, processed, put, log } = await start(withStream({ BisectBatchOnFunctionError: true }));
    await put('TOKEN#1', 'TOKEN#2', 'TOKEN#poison', 'TOKEN#4');
    await log.until((lines) => lines.find((line) => line.includes('"poisoned: TOKEN#poison"')));
    cloud.clock.shift(3600);
    expect((await processed(3)).flat()).toEqual(['TOKEN#1', 'TOKEN#2', 'TOKEN#4']);
    expect(cloud.undelivered()).toHaveLength(1);
  });

  test('in part gets the rest again, where it reports that', async () => {
    const { cloud, processed, put } = await start(
      withStream({ FunctionResponseTypes: ['ReportBatchItemFailures'] }),
    );
    await put('TOKEN#1', 'TOKEN#late', 'TOKEN#3');
    await processed(1);
    cloud.clock.shift(3600);
    expect(await processed(3)).toEqual([['TOKEN#1'], ['TOKEN#late', 'TOKEN#3']]);
    expect(cloud.undelivered()).toEqual([]);
  });
});

describe('the position in the stream', () => {
  test('outlives the local cloud: nothing is lost, nothing that was processed comes again', async () => {
    const first = await start(withStream());
    await first.put('TOKEN#1');
    await first.processed(1);
    await first.stop();
    const between = await start(withStream(), first.data, false);
    await between.put('TOKEN#2');
    await between.stop();
    const second = await start(withStream(), first.data);
    await second.put('TOKEN#3');
    expect((await second.processed(2)).flat()).toEqual(['TOKEN#2', 'TOKEN#3']);
  });

  test('of a batch that was not processed is before it', async () => {
    const first = await start(withStream());
    await first.put('TOKEN#poison');
    await first.log.until((lines) => lines.find((line) => line.startsWith('event ')));
    await first.stop();
    const second = await start(withStream(), first.data);
    await second.log.until((lines) => lines.find((line) => line.startsWith('event ')));
  });

  test('is after what is there already, for a mapping that starts at the latest record', async () => {
    const first = await start(withStream(), undefined, false);
    await first.put('TOKEN#1');
    await first.stop();
    const second = await start(withStream({ StartingPosition: 'LATEST' }), first.data);
    await second.put('TOKEN#2');
    expect(await second.processed(1)).toEqual([['TOKEN#2']]);
  });

  test('is the first record of a table that had no stream', async () => {
    const first = await start(fixtureResources());
    await first.put('TOKEN#1');
    await first.stop();
    const second = await start(withStream(), first.data);
    await second.put('TOKEN#2');
    expect(await second.processed(1)).toEqual([['TOKEN#2']]);
  });
});

describe('the start is refused', () => {
  test.each([
    {
      name: 'without permission to read the stream',
      mapping: {},
      statements: reads.slice(1),
      says: 'fixture-Seen cannot have an event source mapping: User: arn:aws:sts::000000000000:assumed-role/fixture-ReaderRole/fixture-Seen is not authorized to perform: dynamodb:DescribeStream',
    },
    {
      name: 'for a filter rule that nobody knows',
      mapping: { FilterCriteria: { Filters: [{ Pattern: '{"a":[{"numeric":["<",1]}]}' }] } },
      statements: reads,
      says: 'the local cloud does not know the filter rule {"numeric":["<",1]}',
    },
    {
      name: 'for another stream',
      mapping: { EventSourceArn: 'arn:aws:kinesis:eu-central-1:000000000000:stream/x' },
      statements: reads,
      says: 'its function or its source is not in the template',
    },
  ])('$name', async ({ mapping, statements, says }) => {
    await expect(start(withStream(mapping, statements))).rejects.toThrow(says);
  });
});
