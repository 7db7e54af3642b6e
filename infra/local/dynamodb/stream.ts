import { AwsError } from '../service/aws-service.ts';
import type { Forward } from '../service/forward.ts';

/** A change of an item, as the stream reports it (DynamoDB Streams API, Record). */
export interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string };
  readonly [member: string]: unknown;
}

/** The record after which a stream is read on. */
export interface Position {
  /** The engine's name of the stream: another one after the table was made again. */
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
}

export interface StreamReader {
  /** The next records, at most 1,000, each with its position; none where there are no more for now. */
  next(): Promise<readonly (readonly [StreamRecord, Position])[]>;
}

interface Shard {
  readonly ShardId: string;
}

/**
 * Reads the stream of a table, one shard after the other.
 *
 * @param tables DynamoDB, to find the stream of the table.
 * @param streams its streams API.
 * @param from where to continue. @default - the oldest record, also where the stream no longer has that position
 */
export async function readStream(
  tables: Forward,
  streams: Forward,
  tableName: string,
  from?: Position,
): Promise<StreamReader> {
  const { Table } = await call(tables, 'DescribeTable', { TableName: tableName });
  const stream = (Table as { LatestStreamArn: string }).LatestStreamArn;
  const shards = async () => {
    const { StreamDescription } = await call(streams, 'DescribeStream', { StreamArn: stream });
    return (StreamDescription as { Shards: readonly Shard[] }).Shards.map(({ ShardId }) => ShardId);
  };
  const iterate = async (ShardId: string, start: object) =>
    (await call(streams, 'GetShardIterator', { StreamArn: stream, ShardId, ...start }))['ShardIterator'];
  const oldest = { ShardIteratorType: 'TRIM_HORIZON' };
  const all = await shards();
  const kept = from?.stream === stream && all.includes(from.shard) ? from : undefined;
  let shard = kept?.shard ?? all[0] ?? '';
  let iterator: unknown = await (kept === undefined
    ? iterate(shard, oldest)
    : iterate(shard, {
        ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
        SequenceNumber: kept.sequenceNumber,
      }).catch(() => iterate(shard, oldest)));
  return {
    async next() {
      const known: readonly string[] = await (iterator === undefined ? shards() : []);
      const following = known[known.indexOf(shard) + 1];
      if (following !== undefined) {
        shard = following;
        iterator = await iterate(shard, oldest);
      }
      if (iterator === undefined) return [];
      const { Records, NextShardIterator } = await call(streams, 'GetRecords', { ShardIterator: iterator });
      iterator = NextShardIterator ?? undefined;
      return (Records as StreamRecord[]).map((record) => {
        const sequenceNumber = record.dynamodb.SequenceNumber;
        return [record, { stream, shard, sequenceNumber }] as const;
      });
    },
  };
}

async function call(forward: Forward, action: string, input: object): Promise<Record<string, unknown>> {
  const { status, body } = await forward(action, Buffer.from(JSON.stringify(input)));
  const answer = JSON.parse(body.toString()) as Record<string, unknown>;
  if (status === 200) return answer;
  throw new AwsError(String(answer['__type']), `${action}: ${String(answer['message'])}`);
}
