import { createHash, timingSafeEqual } from 'node:crypto';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import { type Instant, isOver } from '../domain/instant.ts';
import { parseIpAddress } from '../domain/ip-address.ts';
import { isInNetwork } from '../domain/ip-network.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { AppError, fieldError } from '../errors/app-error.ts';
import type { EnrollmentView } from './ports.ts';

type Reason = 'malformed' | 'unknown' | 'secret' | 'revoked' | 'expired' | 'spent';

/** The reasons that only a caller with the secret of the token meets. */
const AUTHENTICATED: ReadonlySet<Reason> = new Set(['revoked', 'expired', 'spent']);

/**
 * Refuses a token in the same words whatever is wrong with it: only the log has the reason. It also says whether the caller
 * is `authenticated`, so that no stranger causes an event (`publish-rejections`).
 */
export function tokenRejected(reason: Reason, tokenId?: string): AppError {
  const authenticated = AUTHENTICATED.has(reason);
  return new AppError(
    'token_rejected',
    'The bootstrap token is not valid: it may be mistyped, expired, spent or revoked. Ask an administrator for a new one (POST /v1/tokens).',
    { internal: withoutUndefined({ refusedAs: reason, tokenId, ...(authenticated && { authenticated }) }) },
  );
}

/**
 * The token of an enrollment, if its secret is right and it may be used at `now`: never after it was revoked; after its
 * expiry only for the certificate that is reserved for the same key already.
 *
 * @throws AppError `token_rejected`.
 */
export function authorizeToken(view: EnrollmentView, secret: string, now: Instant): BootstrapToken {
  const { token, reservation } = view;
  // An unknown token costs the same comparison as a known one, so that the time taken does not tell them apart.
  const expected = Buffer.from(token?.secretSha256 ?? '0'.repeat(64), 'hex');
  const right = timingSafeEqual(expected, createHash('sha256').update(secret).digest());
  if (token === undefined) throw tokenRejected('unknown');
  if (!right) throw tokenRejected('secret', token.id);
  if (token.revokedAt !== undefined) throw tokenRejected('revoked', token.id);
  const followed = reservation !== undefined && !isOver(reservation.followUntil, now);
  if (isOver(token.expiresAt, now) && !followed) throw tokenRejected('expired', token.id);
  return token;
}

/**
 * Checks that the caller is in a network that the token is bound to.
 *
 * @throws AppError `source_not_allowed`.
 */
export function checkSource(token: BootstrapToken, sourceIp: string): void {
  const { sourceCidr } = token.bind;
  const source = parseIpAddress(sourceIp);
  const inside = source !== undefined && sourceCidr.some((network) => isInNetwork(source, network));
  if (sourceCidr.length > 0 && !inside) {
    const networks = sourceCidr.join(', ');
    const detail = `This bootstrap token may only be used from ${networks}; the request came from ${sourceIp}. Send the request from there, or use a token with a different sourceCidr or none.`;
    throw new AppError('source_not_allowed', detail);
  }
}

/**
 * Checks that the CSR is the one that the token is bound to.
 *
 * @throws AppError `csr_refused`.
 */
export function checkBoundCsr(token: BootstrapToken, csrSha256: string): void {
  if (token.bind.csrSha256 !== undefined && token.bind.csrSha256 !== csrSha256) {
    const detail = `This bootstrap token is bound to another CSR: the SHA-256 of the CSR's DER is ${csrSha256}, not the token's csrSha256. Send the CSR that the token was made for, or use another token.`;
    throw fieldError('csr_refused', '#/csr', detail);
  }
}
