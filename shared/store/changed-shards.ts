import type { DynamoDBRecord } from 'aws-lambda';
import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { ChangedShard } from '../revocation/ports.ts';

/**
 * The shards that something was revoked in, from the records of the table's stream, each once. Records of anything else,
 * and of entries that were cleaned up, are left out.
 */
export function changedShards(records: readonly Pick<DynamoDBRecord, 'eventName' | 'dynamodb'>[]) {
  const partitions = records
    .filter(({ eventName }) => eventName !== 'REMOVE')
    .map(({ dynamodb }) => dynamodb?.Keys?.[TABLE_KEY.partition]?.S ?? '');
  return [...new Set(partitions)].flatMap((partition) => shardOfPartition(partition) ?? []);
}

function shardOfPartition(partition: string): ChangedShard | undefined {
  if (!partition.startsWith(PARTITIONS.revoked)) return undefined;
  const [, issuerId, shard] = /^([^#]+)#([0-9]{3})$/.exec(partition.slice(PARTITIONS.revoked.length)) ?? [];
  return issuerId === undefined ? undefined : { issuerId, shard: Number(shard) };
}
