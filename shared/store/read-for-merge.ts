import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Instant } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { CountedToken, Part } from '../restore/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { certificateKey } from './keys.ts';
import { listTokenIds, readCounters } from './list-tokens.ts';
import { readItems } from './read-items.ts';

/** Both tables of a merge. */
export interface MergedTables {
  readonly from: StoreContext;
  readonly to: StoreContext;
}

/** Items of one step of a merge: each is read in both tables. */
export const MERGE_PAGE = 100;

/** Tokens with their use counters, newest first. */
export async function readTokens(
  context: StoreContext,
  cursor: string | undefined,
  now: Instant,
): Promise<Part<CountedToken>> {
  const query = { limit: MERGE_PAGE, now, ...(cursor === undefined ? {} : { cursor }) };
  const { items, cursor: rest } = await listTokenIds(context, query);
  return { items: await countedTokens(context, items), cursor: rest };
}

/** Without those that are not recorded. */
export async function countedTokens(
  context: StoreContext,
  ids: readonly string[],
): Promise<readonly CountedToken[]> {
  const counted = await readCounters(context, ids);
  return counted.map(({ token, slots }) => ({
    token,
    counters: slots.map((slot) => ({
      used: slot?.used ?? 0,
      isClosed: slot === undefined || slot.closedAt !== undefined,
    })),
  }));
}

/** In the same order; undefined where one is not recorded. */
export async function readRecords(
  context: StoreContext,
  serialNumbers: readonly SerialNumber[],
): Promise<readonly (CertificateRecord | undefined)[]> {
  const find = await readItems(context, serialNumbers.map(certificateKey));
  return serialNumbers.map((serialNumber) => {
    const item = find(certificateKey(serialNumber));
    return item && certificateRecord(item);
  });
}
