import { AwsError, type Input, type Permission } from '../service/aws-service.ts';

/** What permissions need to know of a table. */
export interface TableKeys {
  readonly arn: string;
  /** Name of its partition key. */
  readonly partition: string;
}

/** Looks a table up by its name. @throws AwsError where it does not exist. */
export type FindTable = (name: string) => TableKeys;

/** An attribute value of the wire protocol; partition keys are strings here. */
type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string; readonly B?: string }>>;

/**
 * The permissions that a DynamoDB call needs: for a transaction, those of each of its items under the names of the
 * single-item operations (DynamoDB guide, "Using IAM with DynamoDB transactions"). `dynamodb:LeadingKeys` holds the
 * partition keys that are touched (DynamoDB guide, "Using IAM policy conditions for fine-grained access control").
 */
export function dynamodbPermissions(action: string, input: Input, find: FindTable): readonly Permission[] {
  switch (action) {
    case 'GetItem':
    case 'DeleteItem':
    case 'UpdateItem':
    case 'ConditionCheckItem':
      return [onKey(action, input, input['Key'] as Item, find)];
    case 'PutItem':
      return [onKey(action, input, input['Item'] as Item, find)];
    case 'Query':
      return onQuery(input, find);
    case 'BatchGetItem':
      return Object.entries((input['RequestItems'] ?? {}) as Record<string, { Keys: Item[] }>).map(
        ([name, { Keys }]) => onKeys(action, find(name), Keys),
      );
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return ((input['TransactItems'] ?? []) as Record<string, Input>[]).flatMap((entry) =>
        Object.entries(entry).map(([kind, operation]) => {
          const single = SINGLE[kind];
          if (single === undefined) throw unknown(`${action} with ${kind}`);
          return dynamodbPermissions(single, operation, find)[0] as Permission;
        }),
      );
    case 'DescribeTable':
      return [
        { action: 'dynamodb:DescribeTable', resource: find(String(input['TableName'])).arn, context: {} },
      ];
    default:
      throw unknown(action);
  }
}

/** The single-item operation behind each kind of transaction item. */
const SINGLE: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

function unknown(what: string): AwsError {
  return new AwsError(
    'com.amazon.coral.service#UnknownOperationException',
    `the local cloud does not know which permissions ${what} needs; add them to infra/local/dynamodb/permissions.ts`,
  );
}

function tableName(input: Input): string {
  return String(input['TableName'] ?? '');
}

function onKey(action: string, input: Input, item: Item | undefined, find: FindTable): Permission {
  return onKeys(action, find(tableName(input)), [item ?? {}]);
}

function onKeys(action: string, table: TableKeys, items: readonly Item[]): Permission {
  const leading = items.map((item) => keyText(item[table.partition]));
  return {
    action: `dynamodb:${action}`,
    resource: table.arn,
    context: { 'dynamodb:LeadingKeys': [...new Set(leading)] },
  };
}

function keyText(value: Item[string] | undefined): string {
  return value?.S ?? value?.N ?? value?.B ?? '';
}

/**
 * What `dynamodb:LeadingKeys` holds for a query of an index is not documented. Such a query therefore needs two
 * permissions: without the key, and with one that no policy names. A policy that relies on it, for an Allow or a Deny,
 * refuses one of them.
 */
function onQuery(input: Input, find: FindTable): readonly Permission[] {
  const table = find(tableName(input));
  const index = input['IndexName'];
  const action = 'dynamodb:Query';
  if (index === undefined) {
    const leading = { 'dynamodb:LeadingKeys': [queriedPartition(input, table.partition)] };
    return [{ action, resource: table.arn, context: leading }];
  }
  const resource = `${table.arn}/index/${index}`;
  const undocumented = { 'dynamodb:LeadingKeys': ['undocumented for a query of an index'] };
  return [
    { action, resource, context: {} },
    { action, resource, context: undocumented },
  ];
}

/** The value of the partition key in the key condition; every query names one. */
function queriedPartition(input: Input, partition: string): string {
  const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
  const values = (input['ExpressionAttributeValues'] ?? {}) as Item;
  const condition = String(input['KeyConditionExpression'] ?? '');
  for (const [, name = '', value = ''] of condition.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g))
    if ((names[name] ?? name) === partition) return keyText(values[value]);
  return '';
}
