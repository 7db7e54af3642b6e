import { TABLE_KEY } from '../config/table.ts';
import type { TokenCertificates } from '../revocation/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import type { StoredReservation } from './enrollment-view.ts';
import { fromItem, type Item, values } from './expression.ts';
import { RESERVATION_PARTITIONS, reservationPartition } from './keys.ts';
import { type QueryAnswer, queryOnce } from './query-items.ts';
import { revokeToken } from './revoke-token.ts';

type Query = Parameters<TokenCertificates['certificatesOfToken']>[0];

/** The certificates of a token in DynamoDB. */
export function dynamoTokenCertificates(options: StoreOptions): TokenCertificates {
  const context = storeContext(options);
  return {
    revokeToken: (id, now) => revokeToken(context, id, now),
    certificatesOfToken: (query) => certificatesOfToken(context, query),
  };
}

/** Walks the token's partitions; each is sorted by hash and holds the hashes that begin with its digit. */
async function certificatesOfToken(
  context: StoreContext,
  query: Query,
): ReturnType<TokenCertificates['certificatesOfToken']> {
  const { limit, after = '' } = query;
  const found: Item[] = [];
  let stoppedAt: Item | undefined;
  for (const digit of RESERVATION_PARTITIONS.filter((one) => one >= after.slice(0, 1))) {
    const answer = await readPartition(context, query, digit, limit - found.length);
    found.push(...answer.items);
    stoppedAt = answer.stoppedAt ?? (found.length >= limit ? found.at(-1) : undefined);
    if (stoppedAt !== undefined) break;
  }
  return {
    serialNumbers: found.map((item) => fromItem<StoredReservation>(item).serialNumber),
    cursor: stoppedAt?.[TABLE_KEY.sort]?.S,
  };
}

function readPartition(
  context: StoreContext,
  { tokenId, after = '' }: Query,
  digit: string,
  limit: number,
): Promise<QueryAnswer> {
  return queryOnce(context, {
    KeyConditionExpression: '#pk = :partition AND #sk > :after',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition, '#sk': TABLE_KEY.sort },
    // Every hash of the partition is longer than its first digit, and so behind it.
    ExpressionAttributeValues: values({
      partition: reservationPartition(tokenId, digit),
      after: after.startsWith(digit) ? after : digit,
    }),
    ConsistentRead: true,
    Limit: limit,
  });
}
