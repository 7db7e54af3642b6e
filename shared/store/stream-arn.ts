import { DescribeTableCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { StoreOptions } from './context.ts';

/** ARN of the latest stream of a table; undefined where the table has none, or does not exist. */
export async function streamArnOf({
  client,
  tableName: TableName,
}: Pick<StoreOptions, 'client' | 'tableName'>): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return Table?.LatestStreamArn;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
