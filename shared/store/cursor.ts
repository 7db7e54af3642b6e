import { AppError } from '../errors/app-error.ts';

/** Which listing a cursor belongs to; a cursor of one is refused by the others. */
export type ListingName = 'certificates' | 'certificates-of-name' | 'tokens';

/** Where a listing goes on: behind this position of its index, and no earlier (later) than `bound`. */
export interface ListingPlace {
  readonly after: string;
  /** The month (`2026-11`) where a walk through time buckets ends or began. */
  readonly bound: string;
}

const WORDS =
  'is not a cursor from this listing: pass the cursor from the previous page unchanged, or leave it out to start';

/** A cursor as callers see it: opaque, URL-safe, without padding. */
export function writeCursor(listing: ListingName, { after, bound }: ListingPlace): string {
  return Buffer.from(JSON.stringify([1, listing, after, bound])).toString('base64url');
}

/**
 * Reads a cursor that {@link writeCursor} made for the same listing. Callers may have changed it, so only what this
 * module could have written comes out of it.
 *
 * @throws AppError `malformed_request` at `#/query/cursor` for anything else.
 */
export function readCursor(listing: ListingName, cursor: string): ListingPlace {
  const [version, made, after, bound, ...rest] = parse(cursor);
  const fits = version === 1 && made === listing && rest.length === 0;
  if (fits && typeof after === 'string' && typeof bound === 'string' && isPosition(after) && isMonth(bound)) {
    return { after, bound };
  }
  throw foreign();
}

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch (cause) {
    throw foreign(cause);
  }
}

/** `2026-11` (a month to begin with) or `2026-11-23T05:45:55Z#<id or serial number>`. */
function isPosition(text: string): boolean {
  return isMonth(text) || (isMonth(text.slice(0, 7)) && BEHIND_MONTH.test(text.slice(7)));
}

const BEHIND_MONTH = /^-\d\dT\d\d:\d\d:\d\dZ#[0-9A-Za-z]{16,36}$/;

/** From 2000 to 2999: a walk from the last month of four digits would find no next one, and not end. */
function isMonth(text: string): boolean {
  return /^2\d{3}-(0[1-9]|1[0-2])$/.test(text);
}

function foreign(cause?: unknown): AppError {
  return new AppError('malformed_request', `cursor ${WORDS}`, {
    errors: [{ pointer: '#/query/cursor', detail: WORDS }],
    cause,
  });
}

/** Sort keys of the partition of blocks: `KEY#<sha256>` or `NAME#<profile>#<name>`. */
export const BLOCK_PLACE = /^(KEY#[0-9a-f]{64}|NAME#([a-z-]+)#([a-z0-9._-]{1,64}))$/;

/** The cursor of the listing of blocks: behind this sort key. */
export function writeBlockCursor(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** @throws AppError `malformed_request` at `#/query/cursor` for anything that is not a sort key of a block. */
export function readBlockCursor(cursor: string): string {
  const place = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!BLOCK_PLACE.test(place)) throw foreign();
  return place;
}
