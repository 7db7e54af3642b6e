import type { Api } from '../api/client.ts';
import { pathOf } from '../api/client.ts';
import { type RevocationView, read, revocationView } from '../api/views.ts';
import { createTally } from './tally.ts';

/** What a revocation says besides what is revoked. */
export interface RevocationBody {
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
  readonly block?: boolean | undefined;
}

/** Waits so many milliseconds: an argument, so that tests need no time. */
export type Pause = (milliseconds: number) => Promise<unknown>;

/** The most certificates of one request. */
const BATCH = 100;

/** How many requests in a row may revoke nothing more, and the pause between them. */
const IDLE = { requests: 5, pauseMs: 1000 } as const;

/** What each step of a revocation has done in addition to the steps before it, in order. */
export type Steps = AsyncGenerator<Pick<RevocationView, 'revoked' | 'count' | 'effect'>>;

/** The service is not finished, and does not get any further. */
export class NoProgress extends Error {
  override readonly name = 'NoProgress';
}

export async function* revokeSerials(
  api: Api,
  serialNumbers: readonly string[],
  { block, ...body }: RevocationBody,
  pause: Pause,
): Steps {
  const [only, ...others] = serialNumbers;
  if (only !== undefined && others.length === 0) {
    yield* untilComplete(api, pathOf`/certificates/${only}/revoke`, { ...body, block }, pause);
    return;
  }
  for (let from = 0; from < serialNumbers.length; from += BATCH) {
    const batch = serialNumbers.slice(from, from + BATCH);
    const request = { ...body, serialNumbers: batch, confirm: batch.length };
    yield* untilComplete(api, '/certificates/revoke', request, pause);
  }
}

export function revokeName(
  api: Api,
  { profile, name }: { readonly profile: string; readonly name: string },
  body: RevocationBody,
  pause: Pause,
): Steps {
  return untilComplete(api, pathOf`/names/${profile}/${name}/revoke`, body, pause);
}

export function revokeOfToken(
  api: Api,
  id: string,
  { reason, comment }: RevocationBody,
  pause: Pause,
): Steps {
  const body = { certificates: true, reason, comment };
  return untilComplete(api, pathOf`/tokens/${id}/revoke`, body, pause);
}

/**
 * The service does as much as it has time for; the same request goes on where it stopped.
 *
 * @throws NoProgress after several requests in a row with neither a new certificate nor a new cursor.
 */
async function* untilComplete(api: Api, path: string, body: object, pause: Pause): Steps {
  const addedBy = createTally();
  const cursors = new Set<string | undefined>();
  let cursor: string | undefined;
  for (let idle = 0; idle < IDLE.requests; ) {
    if (idle > 0) await pause(IDLE.pauseMs);
    cursors.add(cursor);
    const request = { method: 'POST', body: { ...body, cursor }, repeatable: true } as const;
    const answer = read(revocationView, await api.call(path, request));
    const added = addedBy(answer, cursor);
    yield { ...added, effect: answer.effect };
    if (answer.complete) return;
    cursor = answer.cursor;
    idle = added.count > 0 || !cursors.has(cursor) ? 0 : idle + 1;
  }
  throw new NoProgress(`The last ${IDLE.requests} requests revoked nothing more.`);
}
