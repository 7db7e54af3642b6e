import { setTimeout as wait } from 'node:timers/promises';
import { TABLE_KEY } from '../../../shared/config/table.ts';
import { AwsError } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';
import type { Resolved } from '../template/template.ts';
import { missingFrom } from '../template/upgrade.ts';
import type { FindTable, TableKeys } from './permissions.ts';

interface TableProperties {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly AttributeDefinitions: readonly object[];
  readonly GlobalSecondaryIndexes?: Indexes;
  readonly TimeToLiveSpecification?: object;
  readonly StreamSpecification?: { readonly StreamViewType: string };
}

type Indexes = readonly { readonly IndexName: string }[];

/**
 * Finds tables by their names: those of the template, and others that exist, which were restored from one of them or are
 * replicas, and have its keys.
 */
export function tableFinder(
  tables: readonly Resolved[],
  others: readonly { readonly name: string; readonly arn: string }[] = [],
): FindTable {
  const keys = new Map<string, TableKeys>();
  for (const { ref, attributes, properties } of tables) {
    const { KeySchema } = properties as unknown as TableProperties;
    const partition = KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
    keys.set(ref, { arn: attributes['Arn'] ?? '', partition });
  }
  const [first] = keys.values();
  const { partition } = first ?? { partition: TABLE_KEY.partition };
  for (const { name, arn } of others) if (!keys.has(name)) keys.set(name, { partition, arn });
  return (name) => {
    const found = keys.get(name);
    if (found === undefined)
      throw new AwsError(
        'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
        'Requested resource not found',
      );
    return found;
  };
}

type Call = (action: string, input: object) => Promise<Record<string, unknown>>;

const callOn =
  (forward: Forward, TableName: string): Call =>
  async (action, input) => {
    const answer = await forward(action, Buffer.from(JSON.stringify({ TableName, ...input })));
    return { status: answer.status, ...(JSON.parse(answer.body.toString()) as object) };
  };

/** Names of all tables. */
export async function tableNames(forward: Forward): Promise<readonly string[]> {
  const { body } = await forward('ListTables', Buffer.from('{}'));
  return (JSON.parse(body.toString()) as { TableNames?: readonly string[] }).TableNames ?? [];
}

/** Deletes a table that is no longer in the template, if it exists. */
export async function deleteTable(forward: Forward, tableName: string): Promise<void> {
  await callOn(forward, tableName)('DeleteTable', {});
}

/** Creates a table of the template, or those of its indexes, that do not exist. */
export async function createTable(forward: Forward, table: Resolved): Promise<void> {
  const properties = table.properties as unknown as TableProperties;
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes = [] } = properties;
  const call = callOn(forward, table.ref);
  const existing = await indexesOf(call);
  if (existing !== undefined) {
    const missing = missingFrom(existing, GlobalSecondaryIndexes).map((Create) => ({ Create }));
    await updateIndexes(table, missing, call);
    return addStream(table, call);
  }
  const created = await call('CreateTable', {
    AttributeDefinitions,
    KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes.length === 0 ? {} : { GlobalSecondaryIndexes }),
  });
  if (created['status'] !== 200)
    throw new Error(`table ${table.ref} cannot be created: ${JSON.stringify(created)}`);
  await untilActive(() => call('DescribeTable', {}));
  if (properties.TimeToLiveSpecification !== undefined)
    await call('UpdateTimeToLive', { TimeToLiveSpecification: properties.TimeToLiveSpecification });
  await addStream(table, call);
}

/** Gives a table the stream of its template, if it has none. */
async function addStream({ ref, properties }: Resolved, call: Call): Promise<void> {
  const { StreamSpecification } = properties as unknown as TableProperties;
  const { Table } = (await call('DescribeTable', {})) as { Table?: { StreamSpecification?: object } };
  if (StreamSpecification === undefined || Table?.StreamSpecification !== undefined) return;
  const enabled = { StreamEnabled: true, ...StreamSpecification };
  const updated = await call('UpdateTable', { StreamSpecification: enabled });
  if (updated['status'] !== 200)
    throw new Error(`table ${ref} cannot have a stream: ${JSON.stringify(updated)}`);
}

async function untilActive(describe: () => Promise<Record<string, unknown>>): Promise<void> {
  for (;;) {
    const { Table } = (await describe()) as {
      Table?: { TableStatus?: string; GlobalSecondaryIndexes?: { IndexStatus?: string }[] };
    };
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    if ([Table?.TableStatus, ...indexes.map(({ IndexStatus }) => IndexStatus)].every(isActive)) return;
    await wait(200);
  }
}

/** An engine that reports no status of an index creates it at once. */
const isActive = (status = 'ACTIVE') => status === 'ACTIVE';

/** Deletes the indexes of a table that its template no longer contains. */
export async function deleteIndexes(forward: Forward, table: Resolved): Promise<void> {
  const { GlobalSecondaryIndexes = [] } = table.properties as unknown as TableProperties;
  const call = callOn(forward, table.ref);
  const removed = missingFrom(GlobalSecondaryIndexes, (await indexesOf(call)) ?? []);
  const updates = removed.map(({ IndexName }) => ({ Delete: { IndexName } }));
  return updateIndexes(table, updates, call);
}

/** The indexes of a table; undefined where there is no such table. */
async function indexesOf(call: Call): Promise<Indexes | undefined> {
  const { status, Table } = await call('DescribeTable', {});
  return status === 200 ? ((Table as TableProperties).GlobalSecondaryIndexes ?? []) : undefined;
}

/** One after the other, as DynamoDB requires: a refused start may have left an index that differs too. */
async function updateIndexes(table: Resolved, updates: readonly object[], call: Call): Promise<void> {
  const { AttributeDefinitions } = table.properties as unknown as TableProperties;
  for (const update of updates) {
    const GlobalSecondaryIndexUpdates = [update];
    const updated = await call('UpdateTable', { AttributeDefinitions, GlobalSecondaryIndexUpdates });
    if (updated['status'] !== 200)
      throw new Error(`table ${table.ref} cannot be updated: ${JSON.stringify(updated)}`);
    await untilActive(() => call('DescribeTable', {}));
  }
}
