import { createHash } from 'node:crypto';
import type { Root } from '../domain/authority.ts';
import { AppError } from '../errors/app-error.ts';
import { toPem } from '../pki/pem.ts';

/** What every verifier of this authority trusts: roots only, since certificate files carry their issuers. */
export interface TrustBundle {
  /** PEM of the roots, then of the additional roots that the deployment names; each ends with a newline. */
  readonly pem: string;
  /** Hex SHA-256 of `pem`, by which hosts tell which bundle they hold. */
  readonly sha256: string;
}

/**
 * @param additionalRoots PEM certificates of other CAs that hosts shall trust too (during a migration); may be empty.
 */
export function trustBundle(roots: readonly Root[], additionalRoots: string): TrustBundle {
  // The order of creation, however they were read: the hash must not depend on it.
  const inOrder = roots.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const own = inOrder.flatMap((root) => (root.certificate ? [toPem('CERTIFICATE', root.certificate)] : []));
  const additional = additionalRoots.trim() === '' ? '' : `${additionalRoots.trim()}\n`;
  const pem = own.join('') + additional;
  return { pem, sha256: createHash('sha256').update(pem).digest('hex') };
}

/**
 * The bundle as it is handed out.
 *
 * @throws AppError `authority_not_ready` where no root has its certificate yet.
 */
export function servedBundle(roots: readonly Root[], additionalRoots: string): TrustBundle {
  if (!roots.some(({ certificate }) => certificate))
    throw new AppError(
      'authority_not_ready',
      'The authority has no root certificate yet. The deployment of the authority stack creates it.',
      { retryAfterSeconds: 5 },
    );
  return trustBundle(roots, additionalRoots);
}
