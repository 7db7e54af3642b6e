import type { KmsRoot, Root } from '../domain/authority.ts';
import { isActive } from '../domain/root-states.ts';
import { AppError } from '../errors/app-error.ts';
import type { CertifiedRoot } from './certify-ca.ts';

/**
 * The root that certifies new issuers, or whose CA does.
 *
 * @throws AppError `authority_not_ready` where none has its certificate, as before the first deployment is complete.
 */
export function activeRoot(roots: readonly Root[]): Root & { readonly certificate: Uint8Array } {
  const found = roots.find(isActive);
  if (found === undefined)
    throw new AppError(
      'authority_not_ready',
      'The authority has no root certificate yet. The deployment of the authority stack creates it.',
      { retryAfterSeconds: 5 },
    );
  return found;
}

/**
 * The root that an issuer was recorded with.
 *
 * @throws AppError `internal` where it is not known, or is external.
 */
export function certifiedRoot(roots: readonly Root[], id: string): CertifiedRoot {
  const found = roots.filter(isCertified).find((root) => root.id === id);
  if (found === undefined) throw new AppError('internal', `no certified root ${id}`);
  return found;
}

function isCertified(root: Root): root is CertifiedRoot {
  return root.kind === 'kms' && root.certificate !== undefined;
}

/**
 * The root, which the settings declare with a key in KMS.
 *
 * @throws AppError `internal` where it is recorded as external.
 */
export function kmsRoot(root: Root): KmsRoot {
  if (root.kind === 'kms') return root;
  throw new AppError(
    'internal',
    `${root.id} is recorded as an external root, and the settings now declare a key in KMS for it. A root stays what it is: restore its setting, with the kind "external"`,
  );
}
