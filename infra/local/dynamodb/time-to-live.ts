import type { Forward } from '../service/forward.ts';
import type { Resolved } from '../template/template.ts';

/** DynamoDB leaves items whose time is longer past, in seconds (DynamoDB developer guide, "Using time to live"). */
const OLDEST = 5 * 365 * 86_400;

type Item = Readonly<Record<string, object>>;

/**
 * Deletes the items of a table whose time to live is over. DynamoDB does so within a few days; the engine's own clock is
 * the machine's, so it would not follow a shift.
 *
 * @param now seconds since 1970.
 * @returns how many items were deleted.
 */
export async function expireItems(forward: Forward, table: Resolved, now: number): Promise<number> {
  const { TimeToLiveSpecification, KeySchema } = table.properties as unknown as {
    TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
    KeySchema: readonly { AttributeName: string }[];
  };
  if (TimeToLiveSpecification?.Enabled !== true) return 0;
  const keyNames = KeySchema.map(({ AttributeName }) => AttributeName);
  const condition = {
    TableName: table.ref,
    ExpressionAttributeNames: { '#ttl': TimeToLiveSpecification.AttributeName },
    ExpressionAttributeValues: { ':now': { N: `${now}` }, ':oldest': { N: `${now - OLDEST}` } },
  };
  const over = '#ttl < :now AND #ttl > :oldest';
  const call = async (action: string, input: object) => {
    const { status, body } = await forward(action, Buffer.from(JSON.stringify({ ...condition, ...input })));
    return { status, ...(JSON.parse(body.toString()) as { Items?: Item[]; LastEvaluatedKey?: Item }) };
  };
  let deleted = 0;
  let start: Item | undefined;
  do {
    const page = await call('Scan', {
      FilterExpression: over,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    if (page.status !== 200) throw new Error(`table ${table.ref} cannot be read: ${JSON.stringify(page)}`);
    for (const item of page.Items ?? []) {
      const Key = Object.fromEntries(keyNames.map((name) => [name, item[name]]));
      // The item may have been extended since it was read.
      const { status } = await call('DeleteItem', { Key, ConditionExpression: over });
      if (status === 200) deleted += 1;
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return deleted;
}
