import { INDEXES } from '../config/table.ts';
import type { CertificateSummary } from '../domain/certificate-record.ts';
import type { CommonName } from '../domain/common-name.ts';
import { toRfc3339 } from '../domain/instant.ts';
import type { Page } from '../issuance/ports.ts';
import { certificateSummary } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type Item, names, values } from './expression.ts';
import { type CertificateQuery, filterOf, LOOKS, LOOKS_OF_QUERY } from './list-certificates.ts';
import { positionOf, queryOnce } from './query-items.ts';

/** One partition of the index, latest expiry first. */
export async function listOfName(
  context: StoreContext,
  query: CertificateQuery,
  commonName: CommonName,
): Promise<Page<CertificateSummary>> {
  const { limit, cursor, expiresAfter, expiresBefore } = query;
  const { name: IndexName, partition, sort } = INDEXES.certificatesByName;
  const filter = filterOf(query);
  const place = cursor === undefined ? undefined : readCursor('certificates-of-name', cursor);
  const bounds = [
    ...(place === undefined ? [] : [place.after]),
    ...(expiresBefore === undefined ? [] : [toRfc3339(expiresBefore)]),
  ].sort();
  const least = expiresAfter === undefined ? '' : toRfc3339(expiresAfter);
  const found: Item[] = [];
  let below = bounds[0];
  for (let looks = 0; looks < LOOKS && found.length < limit; ) {
    const { items, lookedAt, stoppedAt } = await queryOnce(context, {
      IndexName,
      KeyConditionExpression: `#${partition} = :commonName AND #${sort} < :below`,
      ...filter.expression,
      ExpressionAttributeNames: names(partition, sort, ...filter.attributes),
      // Positions begin with a digit: "~" lies above them all.
      ExpressionAttributeValues: values({ commonName, below: below ?? '~', ...filter.values }),
      ScanIndexForward: false,
      Limit: filter.attributes.length > 0 ? LOOKS_OF_QUERY : limit,
    });
    const late = items.filter((item) => positionOf(item) >= least);
    found.push(...late);
    looks += lookedAt;
    // What comes next expires earlier still.
    below = stoppedAt && late.length === items.length ? positionOf(stoppedAt) : undefined;
    if (below === undefined) break;
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const after = last && found.length > limit ? positionOf(last) : below;
  return {
    items: page.map(certificateSummary),
    cursor: after && writeCursor('certificates-of-name', { after, bound: after.slice(0, 7) }),
  };
}
