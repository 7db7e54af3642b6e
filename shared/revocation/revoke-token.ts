import { AppError } from '../errors/app-error.ts';
import type { TokenCertificates } from './ports.ts';
import { type RevocationRequest, type RevokedRecord, revokeWithSuccessor } from './revoke-certificate.ts';
import { hasTime, type RevokedInTime, type RevokeManyDependencies, revokeInTime } from './revoke-in-time.ts';

export interface RevokeTokenDependencies extends RevokeManyDependencies {
  readonly tokens: TokenCertificates;
}

export interface RevokedToken extends RevokedInTime {
  /** Where the same request goes on; present unless it is complete. */
  readonly cursor?: string;
}

/** Reservations of a page; as many records are read at once. */
const PAGE = 100;

/**
 * Closes a token, then revokes everything that it produced, reservations included; nothing can be added in between. Works
 * until all is revoked or the time is used: the same request again goes on, from `cursor` if that is given. A token whose
 * own record was cleaned up is found by what it produced.
 *
 * @throws AppError `not_found` where there is no such token; `try_again`.
 */
export async function revokeToken(
  deps: RevokeTokenDependencies,
  { tokenId, cursor: start }: { readonly tokenId: string; readonly cursor?: string | undefined },
  request: RevocationRequest,
): Promise<RevokedToken> {
  const isKnown = await deps.tokens.revokeToken(tokenId, deps.clock());
  const revoked: RevokedRecord[] = [];
  let after = start;
  for (;;) {
    const page = await deps.tokens.certificatesOfToken({ tokenId, limit: PAGE, after });
    if (!isKnown && after === undefined && page.serialNumbers.length === 0) throw noSuchToken();
    const records = await deps.ledger.certificates(page.serialNumbers);
    const result = await revokeInTime(deps, records, request, revokeWithSuccessor);
    revoked.push(...result.revoked);
    if (!result.complete)
      return { revoked, complete: false, ...(after === undefined ? {} : { cursor: after }) };
    if (page.cursor === undefined) return { revoked, complete: true };
    after = page.cursor;
    if (!hasTime(deps)) return { revoked, complete: false, cursor: after };
  }
}

function noSuchToken(): AppError {
  return new AppError('not_found', 'No token has this id, and no certificate was issued for it.');
}
