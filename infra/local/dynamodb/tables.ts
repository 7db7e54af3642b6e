import { AwsError } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';
import type { Resolved } from '../template/template.ts';
import type { FindTable, TableKeys } from './permissions.ts';

interface TableProperties {
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly AttributeDefinitions: readonly object[];
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: TableProperties['KeySchema'];
  }[];
  readonly TimeToLiveSpecification?: object;
}

/** Finds the tables of the template by their names. */
export function tableFinder(tables: readonly Resolved[]): FindTable {
  const keys = new Map<string, TableKeys>();
  for (const table of tables) {
    const { KeySchema } = table.properties as unknown as TableProperties;
    keys.set(table.ref, {
      arn: table.attributes['Arn'] ?? '',
      partition: partitionOf(KeySchema),
    });
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

function partitionOf(schema: TableProperties['KeySchema']): string {
  return schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
}

/**
 * Creates a table of the template where it does not exist.
 *
 * @throws Error where it exists with other indexes: then the data is of an older version.
 */
export async function createTable(forward: Forward, table: Resolved): Promise<void> {
  const properties = table.properties as unknown as TableProperties;
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  const call = async (action: string, input: object): Promise<Record<string, unknown>> => {
    const answer = await forward(action, Buffer.from(JSON.stringify({ TableName: table.ref, ...input })));
    return { status: answer.status, ...(JSON.parse(answer.body.toString()) as object) };
  };
  const described = await call('DescribeTable', {});
  if (described['status'] === 200) return requireSameIndexes(table, described['Table'] as TableProperties);
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
    const { Table } = (await describe()) as { Table?: { TableStatus?: string } };
    if (Table?.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function requireSameIndexes(table: Resolved, existing: TableProperties): void {
  const names = ({ GlobalSecondaryIndexes = [] }: TableProperties) =>
    GlobalSecondaryIndexes.map((index) => index.IndexName)
      .sort()
      .join(', ');
  const wanted = names(table.properties as unknown as TableProperties);
  if (names(existing) !== wanted)
    throw new Error(
      `table ${table.ref} was made with the indexes ${names(existing)}, the template has ${wanted}; start with an empty data directory`,
    );
}
