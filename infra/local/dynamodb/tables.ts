import { setTimeout as wait } from 'node:timers/promises';
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
}

type Indexes = readonly { readonly IndexName: string }[];

/** Finds the tables of the template by their names. */
export function tableFinder(tables: readonly Resolved[]): FindTable {
  const keys = new Map<string, TableKeys>();
  for (const { ref, attributes, properties } of tables) {
    const { KeySchema } = properties as unknown as TableProperties;
    const partition = KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
    keys.set(ref, { arn: attributes['Arn'] ?? '', partition });
  }
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

/** Deletes a table that is no longer in the template, if it exists. */
export async function deleteTable(forward: Forward, tableName: string): Promise<void> {
  await callOn(forward, tableName)('DeleteTable', {});
}

/**
 * Creates a table of the template if it does not exist; else creates or deletes the one index that may differ.
 *
 * @throws Error where more than one index differs: UpdateTable creates or deletes one at a time.
 */
export async function createTable(forward: Forward, table: Resolved): Promise<void> {
  const properties = table.properties as unknown as TableProperties;
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  const call = callOn(forward, table.ref);
  const described = await call('DescribeTable', {});
  if (described['status'] === 200) return updateIndexes(table, described['Table'] as TableProperties, call);
  const created = await call('CreateTable', {
    AttributeDefinitions,
    KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes }),
  });
  if (created['status'] !== 200)
    throw new Error(`table ${table.ref} cannot be created: ${JSON.stringify(created)}`);
  await untilActive(() => call('DescribeTable', {}));
  if (properties.TimeToLiveSpecification !== undefined)
    await call('UpdateTimeToLive', { TimeToLiveSpecification: properties.TimeToLiveSpecification });
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

async function updateIndexes(table: Resolved, existing: TableProperties, call: Call): Promise<void> {
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } =
    table.properties as unknown as TableProperties;
  const old = existing.GlobalSecondaryIndexes ?? [];
  const updates = [
    ...missingFrom(old, GlobalSecondaryIndexes).map((Create) => ({ Create })),
    ...missingFrom(GlobalSecondaryIndexes, old).map(({ IndexName }) => ({ Delete: { IndexName } })),
  ];
  if (updates.length === 0) return;
  const names = (indexes: Indexes) => indexes.map(({ IndexName }) => IndexName).join(', ');
  const refused = `table ${table.ref} has the indexes ${names(old)}, the template has ${names(GlobalSecondaryIndexes)}`;
  if (updates.length > 1) throw new Error(`${refused}; only one can be created or deleted at a time`);
  const updated = await call('UpdateTable', { AttributeDefinitions, GlobalSecondaryIndexUpdates: updates });
  if (updated['status'] !== 200) throw new Error(`${refused}: ${JSON.stringify(updated)}`);
  await untilActive(() => call('DescribeTable', {}));
}
