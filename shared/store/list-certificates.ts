import { INDEXES } from '../config/table.ts';
import type { CertificateSummary } from '../domain/certificate-record.ts';
import { DAY } from '../domain/duration.ts';
import { plus, toRfc3339 } from '../domain/instant.ts';
import { PROFILE_NAMES, PROFILES } from '../domain/profile.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { CertificateListing, Page } from '../issuance/ports.ts';
import { certificateSummary } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type Item, names, values } from './expression.ts';
import { BUCKET_SHARDS, certificateBucket } from './keys.ts';
import { firstMonth } from './listing-start.ts';
import { addMonths, monthOf } from './month.ts';
import { positionOf, type Query, queryOnce } from './query-items.ts';

export type CertificateQuery = Parameters<CertificateListing['listCertificates']>[0];

/** Months that one page may walk through, and items that it may look at; the next page goes on from there. */
const MONTHS = 60;
export const LOOKS = 10_000;

/** How many items a filtered query looks at. */
export const LOOKS_OF_QUERY = 200;

/** A day more than the longest life, for clocks that differ. */
export const LONGEST_LIFE_SECONDS =
  Math.max(...PROFILE_NAMES.map((name) => PROFILES[name].lifetimeSeconds.max)) + DAY;

/** Walks the months forward from the authority's beginning to the last expiry that there can be. */
export async function listByExpiry(
  context: StoreContext,
  query: CertificateQuery,
): Promise<Page<CertificateSummary>> {
  const { limit, cursor, now, expiresAfter, expiresBefore } = query;
  const start =
    cursor === undefined
      ? { after: await firstMonth(context, now), bound: monthOf(plus(now, LONGEST_LIFE_SECONDS)) }
      : readCursor('certificates', cursor);
  const below = [
    `${start.bound}~`,
    ...(expiresBefore === undefined ? [] : [toRfc3339(expiresBefore)]),
  ].sort()[0];
  const end = below ?? start.bound;
  const found: Item[] = [];
  let after =
    [start.after, ...(expiresAfter === undefined ? [] : [toRfc3339(expiresAfter)])].sort().at(-1) ??
    start.after;
  let looks = 0;
  const last = addMonths(after.slice(0, 7), MONTHS);
  while (found.length < limit && looks < LOOKS && after < end && after < last) {
    const slice = await readSlice(context, query, after, end);
    found.push(...slice.items);
    looks += slice.lookedAt;
    after = slice.after;
  }
  const page = found.slice(0, limit);
  const cut = found.length > limit ? page.at(-1) : undefined;
  if (cut) after = positionOf(cut);
  return {
    items: page.map(certificateSummary),
    cursor: after < end ? writeCursor('certificates', { after, bound: start.bound }) : undefined,
  };
}

/**
 * What comes next behind `after` in its month, of all shards, in order. A shard that stopped early is known only up to
 * where it stopped; so all are taken up to the earliest such place, and the next slice goes on from there.
 */
async function readSlice(
  context: StoreContext,
  query: CertificateQuery,
  after: string,
  end: string,
): Promise<{ readonly items: readonly Item[]; readonly lookedAt: number; readonly after: string }> {
  const month = after.slice(0, 7);
  // All positions are equally long, so this lies right behind `after`, and before everything where it is a bare month.
  const from = `${after}!`;
  const to = end < `${month}~` ? end : `${month}~`;
  if (from > to) return { items: [], lookedAt: 0, after: end };
  const answers = await Promise.all(
    Array.from({ length: BUCKET_SHARDS }, (_, shard) =>
      queryOnce(context, shardQuery(query, certificateBucket(month, shard), from, to)),
    ),
  );
  const [horizon] = answers.flatMap(({ stoppedAt }) => (stoppedAt ? [positionOf(stoppedAt)] : [])).sort();
  const items = answers
    .flatMap(({ items: ofShard }) => ofShard)
    .filter((item) => horizon === undefined || positionOf(item) <= horizon)
    .sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
  const lookedAt = answers.reduce((sum, answer) => sum + answer.lookedAt, 0);
  return { items, lookedAt, after: horizon ?? addMonths(month, 1) };
}

function shardQuery(query: CertificateQuery, bucket: string, from: string, to: string): Query {
  const { name, partition, sort } = INDEXES.certificatesByExpiry;
  const filter = filterOf(query);
  return {
    IndexName: name,
    KeyConditionExpression: `#${partition} = :bucket AND #${sort} BETWEEN :from AND :to`,
    ...filter.expression,
    ExpressionAttributeNames: names(partition, sort, ...filter.attributes),
    ExpressionAttributeValues: values({ bucket, from, to, ...filter.values }),
    // Twice a shard's fair share, since shares differ.
    Limit:
      filter.attributes.length > 0
        ? LOOKS_OF_QUERY
        : Math.max(8, Math.ceil((2 * query.limit) / BUCKET_SHARDS)),
  };
}

/** The part of a query that picks by state and profile. */
export function filterOf({ state, profile }: CertificateQuery) {
  const wanted = withoutUndefined({ state, profile });
  const attributes = Object.keys(wanted);
  const conditions = attributes.map((attribute) => `#${attribute} = :${attribute}`);
  return {
    expression: conditions.length > 0 ? { FilterExpression: conditions.join(' AND ') } : {},
    attributes,
    values: wanted,
  };
}
