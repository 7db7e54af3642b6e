import type { Api } from '../api/client.ts';
import { pathOf } from '../api/client.ts';
import { type RevocationView, read, revocationView } from '../api/views.ts';

/** What a revocation says besides what is revoked. */
export interface RevocationBody {
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
  readonly block?: boolean | undefined;
}

/** The most certificates of one request. */
const BATCH = 100;

/** What each step of a revocation has done, in order. */
export type Steps = AsyncGenerator<RevocationView>;

export async function* revokeSerials(
  api: Api,
  serialNumbers: readonly string[],
  { block, ...body }: RevocationBody,
): Steps {
  const [only, ...others] = serialNumbers;
  if (only !== undefined && others.length === 0) {
    yield* untilComplete(api, pathOf`/certificates/${only}/revoke`, { ...body, block });
    return;
  }
  for (let from = 0; from < serialNumbers.length; from += BATCH) {
    const batch = serialNumbers.slice(from, from + BATCH);
    yield* untilComplete(api, '/certificates/revoke', {
      ...body,
      serialNumbers: batch,
      confirm: batch.length,
    });
  }
}

export function revokeName(api: Api, profile: string, name: string, body: RevocationBody): Steps {
  return untilComplete(api, pathOf`/names/${profile}/${name}/revoke`, body);
}

export function revokeOfToken(api: Api, id: string, { reason, comment }: RevocationBody): Steps {
  return untilComplete(api, pathOf`/tokens/${id}/revoke`, { certificates: true, reason, comment });
}

/** The service does as much as it has time for; the same request goes on where it stopped. */
async function* untilComplete(api: Api, path: string, body: object): Steps {
  let cursor: string | undefined;
  for (;;) {
    const answer = read(
      revocationView,
      await api.call(path, { method: 'POST', body: { ...body, cursor }, repeatable: true }),
    );
    yield answer;
    if (answer.complete) return;
    cursor = answer.cursor;
  }
}
