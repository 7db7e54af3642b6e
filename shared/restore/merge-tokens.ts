import { type Instant, isOver } from '../domain/instant.ts';
import type { TokenStore } from '../issuance/ports.ts';
import type { CountedToken, FormerLedger, RestoredLedger } from './ports.ts';

/** What became of the bootstrap tokens. */
export interface MergedTokens {
  /** Whose uses were counted on since. */
  readonly counted: number;
  /** That were revoked since; or, without the former table, all that could still be used. */
  readonly revoked: number;
  /** That were made since: they are not taken over, and no longer work. */
  readonly dropped: readonly string[];
  /** Where the next run goes on; undefined at the end. */
  readonly cursor: string | undefined;
}

export interface MergeTokensDependencies {
  readonly restored: RestoredLedger;
  /** Undefined where it cannot be read. */
  readonly former: FormerLedger | undefined;
  readonly tokens: Pick<TokenStore, 'revokeToken'>;
  readonly now: Instant;
  /** Whether there is time for another page. */
  readonly isTimeLeft: () => boolean;
}

/** How many ids of dropped tokens a report has. */
const REPORTED = 100;

/** What is found page by page. */
interface Found {
  counted: number;
  revoked: number;
  readonly dropped: string[];
}

/**
 * Takes over how often tokens were used, and which were revoked. A token is a permission, so one that only the former table
 * has is not taken over. Where the former table cannot be read, nobody knows which uses were spent since: every token that
 * could still be used is revoked. Writes only what differs: most tokens of a fleet were spent long ago.
 *
 * @param cursor where an earlier run stopped. @param apply whether anything is written.
 */
export async function mergeTokens(
  deps: MergeTokensDependencies,
  cursor: string | undefined,
  apply: boolean,
): Promise<MergedTokens> {
  const { restored, former, now, isTimeLeft } = deps;
  const found: Found = { counted: 0, revoked: 0, dropped: [] };
  let at = cursor;
  do {
    const part = await (former ?? restored).tokens(at, now);
    if (former === undefined) await revokeUsable(deps, part.items, found, apply);
    else await takeOver({ ...deps, former }, part.items, found, apply);
    at = part.cursor;
  } while (at !== undefined && isTimeLeft());
  return { ...found, dropped: found.dropped.slice(0, REPORTED), cursor: at };
}

async function takeOver(
  deps: MergeTokensDependencies & { readonly former: FormerLedger },
  page: readonly CountedToken[],
  found: Found,
  apply: boolean,
): Promise<void> {
  const restored = await deps.restored.countedTokens(page.map(({ token }) => token.id));
  const there = new Map(restored.map((one) => [one.token.id, one]));
  for (const { token, counters } of page) {
    const counted = there.get(token.id);
    if (counted === undefined) {
      if (!isOver(token.expiresAt, deps.now) && token.revokedAt === undefined) found.dropped.push(token.id);
      continue;
    }
    const behind = counted.counters
      .map(({ used }, slot) => ({ slot, used: counters[slot]?.used ?? 0, before: used }))
      .filter(({ used, before }) => used > before);
    if (behind.length > 0) found.counted++;
    if (apply && behind.length > 0) await deps.former.adoptUses(token.id, behind);
    if (token.revokedAt === undefined) continue;
    if (counted.token.revokedAt === undefined) found.revoked++;
    if (apply && !isClosed(counted)) await deps.tokens.revokeToken(token.id, token.revokedAt);
  }
}

async function revokeUsable(
  { tokens, now }: MergeTokensDependencies,
  page: readonly CountedToken[],
  found: Found,
  apply: boolean,
): Promise<void> {
  const isUsable = ({ token, counters }: CountedToken) =>
    !isOver(token.expiresAt, now) && counters.reduce((sum, { used }) => sum + used, 0) < token.maxUses;
  for (const one of page.filter(isUsable)) {
    if (one.token.revokedAt === undefined) found.revoked++;
    if (apply && !isClosed(one)) await tokens.revokeToken(one.token.id, now);
  }
}

/** Revoked with all its counters: an earlier run may have been cut off before them. */
function isClosed({ token, counters }: CountedToken): boolean {
  return token.revokedAt !== undefined && counters.every(({ isClosed: closed }) => closed);
}
