import { createHash } from 'node:crypto';
import type { TrustAnchors } from '../domain/additional-root.ts';
import { isTrusted } from '../domain/root-states.ts';
import { AppError } from '../errors/app-error.ts';
import { toPem } from '../pki/pem.ts';

/** What every verifier of this authority trusts: roots only, since certificate files carry their issuers. */
export interface TrustBundle {
  /** PEM of the roots, then of the additional roots; each ends with a newline. */
  readonly pem: string;
  /** Hex SHA-256 of `pem`, by which hosts tell which bundle they hold. */
  readonly sha256: string;
}

/** The bundle of the roots that are trusted, in order of creation, and the additional roots. */
export function trustBundle({ roots, additionalRoots }: TrustAnchors): TrustBundle {
  // The order of creation, however they were read: the hash must not depend on it.
  const inOrder = roots
    .filter(isTrusted)
    .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const certificates = [...inOrder, ...additionalRoots.roots].map(({ certificate }) => certificate);
  const pem = certificates.map((certificate) => toPem('CERTIFICATE', certificate)).join('');
  return { pem, sha256: createHash('sha256').update(pem).digest('hex') };
}

/**
 * The bundle as it is handed out.
 *
 * @throws AppError `authority_not_ready` where no root has its certificate yet.
 */
export function servedBundle(anchors: TrustAnchors): TrustBundle {
  if (!anchors.roots.some(isTrusted))
    throw new AppError(
      'authority_not_ready',
      'The authority has no root certificate yet. The deployment of the authority stack creates it.',
      { retryAfterSeconds: 5 },
    );
  return trustBundle(anchors);
}
