import { type Instant, isOver } from '../domain/instant.ts';
import type { TokenStore } from '../issuance/ports.ts';
import type { CountedToken, FormerLedger, Part, RestoredLedger } from './ports.ts';

/** What became of the bootstrap tokens. */
export interface MergedTokens {
  /** Whose uses were counted on since. */
  readonly counted: number;
  /** That were revoked since; or, without the former table, all that could still be used. */
  readonly revoked: number;
  /** That were made since: they are not taken over, and no longer work. */
  readonly dropped: readonly string[];
}

export interface MergeTokensDependencies {
  readonly restored: RestoredLedger;
  /** Undefined where it cannot be read. */
  readonly former: FormerLedger | undefined;
  readonly tokens: Pick<TokenStore, 'revokeToken'>;
  readonly now: Instant;
}

/** How many ids of dropped tokens a report has. */
const REPORTED = 100;

/**
 * Takes over how often tokens were used, and which were revoked. A token is a permission, so one that only the former table
 * has is not taken over. Where the former table cannot be read, nobody knows which uses were spent since: every token that
 * could still be used is revoked.
 *
 * @param apply whether anything is written.
 */
export async function mergeTokens(deps: MergeTokensDependencies, apply: boolean): Promise<MergedTokens> {
  const { restored, former, now } = deps;
  const there = new Map<string, CountedToken>();
  for await (const one of all((cursor) => restored.tokens(cursor, now))) there.set(one.token.id, one);
  if (former === undefined) return revokeUsable(deps, [...there.values()], apply);
  const merged = { counted: 0, revoked: 0 };
  const dropped: string[] = [];
  for await (const { token, uses } of all((cursor) => former.tokens(cursor, now))) {
    const counted = there.get(token.id);
    if (counted === undefined) {
      if (!isOver(token.expiresAt, now) && token.revokedAt === undefined) dropped.push(token.id);
      continue;
    }
    if (uses > counted.uses) merged.counted++;
    if (apply) await former.adoptUses(counted.token);
    if (token.revokedAt === undefined) continue;
    if (counted.token.revokedAt === undefined) merged.revoked++;
    // Also where it is revoked already: an earlier run may have been cut off before its counters.
    if (apply) await deps.tokens.revokeToken(token.id, token.revokedAt);
  }
  return { ...merged, dropped: dropped.slice(0, REPORTED) };
}

async function revokeUsable(
  { tokens, now }: MergeTokensDependencies,
  counted: readonly CountedToken[],
  apply: boolean,
): Promise<MergedTokens> {
  const usable = counted.filter(({ token, uses }) => !isOver(token.expiresAt, now) && uses < token.maxUses);
  if (apply) for (const { token } of usable) await tokens.revokeToken(token.id, now);
  const open = usable.filter(({ token }) => token.revokedAt === undefined);
  return { counted: 0, revoked: open.length, dropped: [] };
}

/** All items of a listing, part by part. */
export async function* all<Item>(read: (cursor: string | undefined) => Promise<Part<Item>>) {
  let cursor: string | undefined;
  do {
    const part = await read(cursor);
    yield* part.items;
    cursor = part.cursor;
  } while (cursor !== undefined);
}
