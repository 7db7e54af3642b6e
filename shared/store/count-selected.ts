import { INDEXES } from '../config/table.ts';
import { type Instant, plus, toRfc3339 } from '../domain/instant.ts';
import type { ReplacementSelector } from '../domain/replacement.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { SelectedCertificates } from '../rotation/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { type Item, names, values } from './expression.ts';
import { BUCKET_SHARDS, certificateBucket } from './keys.ts';
import { LONGEST_LIFE_SECONDS } from './list-certificates.ts';
import { addMonths, type Month, monthOf } from './month.ts';
import { type Query, queryOnce } from './query-items.ts';

/** What the caller needs to answer. */
const RESERVE_MILLISECONDS = 5000;

/** Counts what a mass replacement would select, in the index by expiry, month by month from now on. */
export function dynamoSelectedCertificates(options: StoreOptions): SelectedCertificates {
  const context = storeContext(options);
  return {
    countSelected: async (selector, now, remainingMilliseconds) => {
      const isInTime = () => remainingMilliseconds() > RESERVE_MILLISECONDS;
      let sum = 0;
      for (const month of monthsFrom(now)) {
        const queries = SHARDS.map((shard) => bucketQuery(certificateBucket(month, shard), selector, now));
        const counts = await Promise.all(queries.map((query) => countBucket(context, query, isInTime)));
        for (const count of counts) {
          if (count === undefined) return undefined;
          sum += count;
        }
      }
      return sum;
    },
  };
}

const SHARDS = Array.from({ length: BUCKET_SHARDS }, (_, shard) => shard);

function monthsFrom(now: Instant): readonly Month[] {
  const last = monthOf(plus(now, LONGEST_LIFE_SECONDS));
  const months: Month[] = [];
  for (let month = monthOf(now); month <= last; month = addMonths(month, 1)) months.push(month);
  return months;
}

/** Undefined where time ran out. */
async function countBucket(
  context: StoreContext,
  query: Query,
  isInTime: () => boolean,
): Promise<number | undefined> {
  let counted = 0;
  let from: Item | undefined;
  do {
    if (!isInTime()) return undefined;
    const { count, stoppedAt } = await queryOnce(context, { ...query, ExclusiveStartKey: from });
    counted += count;
    from = stoppedAt;
  } while (from !== undefined);
  return counted;
}

/** Positions begin with the time of expiry; `~` is behind all that follows it. */
function bucketQuery(bucket: string, selector: ReplacementSelector, now: Instant): Query {
  const { name, partition, sort } = INDEXES.certificatesByExpiry;
  const { issuerId, profile, notAfterBefore } = selector;
  const equal = { state: 'ISSUED', ...withoutUndefined({ issuerId, profile }) };
  const to = notAfterBefore === undefined ? '~' : toRfc3339(notAfterBefore);
  return {
    IndexName: name,
    Select: 'COUNT',
    KeyConditionExpression: `#${partition} = :bucket AND #${sort} BETWEEN :from AND :to`,
    FilterExpression: Object.keys(equal)
      .map((attribute) => `#${attribute} = :${attribute}`)
      .join(' AND '),
    ExpressionAttributeNames: names(partition, sort, ...Object.keys(equal)),
    ExpressionAttributeValues: values({
      bucket,
      from: toRfc3339(now),
      to: maximum(toRfc3339(now), to),
      ...equal,
    }),
  };
}

/** BETWEEN refuses bounds in the wrong order. */
function maximum(a: string, b: string): string {
  return a < b ? b : a;
}
