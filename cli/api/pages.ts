import type { Session } from '../session.ts';
import { pageView, read } from './views.ts';

/** How much of a listing is wanted. */
export interface PageOptions {
  /** @default 50 */
  readonly limit?: number | undefined;
  /** Everything, whatever `limit` says. @default false */
  readonly all?: boolean | undefined;
  /** Which items are wanted. @default - every item */
  readonly only?: ((item: unknown) => boolean) | undefined;
}

/** The most that the service gives at once. */
const PAGE = 100;

const DEFAULT_LIMIT = 50;

/** A part of a listing, as the service has it. */
export interface Listing {
  readonly items: readonly unknown[];
  /** Where it goes on; null at its end. */
  readonly cursor: string | null;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Reads a listing page by page, and shows how far it is. */
export async function readListing(
  { api, terminal }: Session,
  path: string,
  query: Query,
  { limit = DEFAULT_LIMIT, all = false, only = () => true }: PageOptions,
): Promise<Listing> {
  const items: unknown[] = [];
  let cursor: Listing['cursor'] = null;
  const missing = () => (all ? PAGE : limit - items.length);
  do {
    const parameters: Query = { ...query, limit: Math.min(PAGE, missing()), cursor: cursor ?? undefined };
    const page: Listing = read(pageView, await api.call(path, { query: parameters }));
    items.push(...page.items.filter(only));
    cursor = page.cursor;
    if (cursor !== null) terminal.progress(`${items.length} read`);
  } while (cursor !== null && missing() > 0);
  terminal.progress('');
  return { items, cursor };
}

/** Says that there is more, so that nobody takes a part for the whole. */
export function noteRest({ terminal }: Session, { items, cursor }: Listing): void {
  if (cursor !== null)
    terminal.note(`These are the first ${items.length}; there may be more: pass --all, or --limit <number>.`);
}
