import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { INDEXES, TABLE_KEY } from '../../shared/config/table.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { type LocalDynamo, startDynamo } from './local-dynamo.ts';

/** A table as the template defines it. */
export interface TestTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** A DynamoDB for one test file. */
export interface TestDynamo {
  /** Counts the calls and injects faults. */
  readonly server: Pick<LocalDynamo, 'calls' | 'faults'>;
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Makes an empty table. */
  createTable(): Promise<TestTable>;
  stop(): Promise<void>;
}

/** An engine that somebody named may be slow: how long it takes is not what the tests are about. Milliseconds. */
const PATIENT = { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true };

/** Starts the embedded DynamoDB, or uses the one that `AWS_ENDPOINT_URL_DYNAMODB` names. */
export async function startTestDynamo(): Promise<TestDynamo> {
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const server = await startDynamo(endpoint === undefined ? {} : { endpoint });
  const client = dynamoClient({
    endpoint: server.url,
    region: 'local',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...(endpoint === undefined ? {} : { requestHandler: PATIENT }),
  });
  return {
    server,
    url: server.url,
    createTable: async () => {
      const tableName = `test-${randomUUID()}`;
      await createTable(client, tableName);
      return { client, tableName };
    },
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
}

/** Makes an empty table as the template defines it, without a stream. */
export async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const indexes = Object.values(INDEXES);
  const key = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  const attributes = new Set([TABLE_KEY, ...indexes].flatMap(({ partition, sort }) => [partition, sort]));
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key(TABLE_KEY.partition, TABLE_KEY.sort),
      AttributeDefinitions: [...attributes].map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === INDEXES.openByAge.sort ? 'N' : 'S',
      })),
      GlobalSecondaryIndexes: indexes.map(({ name, partition, sort, include }) => ({
        IndexName: name,
        KeySchema: key(partition, sort),
        Projection:
          include.length > 0
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: [...include] }
            : { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
}
