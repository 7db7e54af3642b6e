import { X509Certificate } from 'node:crypto';
import type { ExternalRoot, Root } from '../domain/authority.ts';
import { type Clock, isOver, toRfc3339 } from '../domain/instant.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import { AppError } from '../errors/app-error.ts';
import { type DescribedCertificate, describeCertificate } from '../pki/trust-anchor.ts';
import type { AuthorityStore } from './ports.ts';
import { checkTrustDomain, recorded } from './recorded.ts';

export interface RecordExternalRootDependencies {
  readonly store: Pick<AuthorityStore, 'readAuthority' | 'reserveRoot'>;
  readonly clock: Clock;
}

/** A root of the settings. */
export interface DeclaredExternalRoot {
  readonly id: string;
  /** PEM; it was checked when the deployment was synthesized. */
  readonly certificate: string;
}

/**
 * Creates an authority below an external root, once: the root is recorded, and nothing is signed. Its issuers wait for an
 * administrator, who has the CA of the root certify them.
 *
 * @throws AppError `internal` where another root or trust domain is recorded, or the root has another certificate or a key
 *   in KMS; where it is not valid now.
 */
export async function recordExternalRoot(
  { store, clock }: RecordExternalRootDependencies,
  { trustDomain, root }: { readonly trustDomain: TrustDomain; readonly root: DeclaredExternalRoot },
): Promise<ExternalRoot> {
  const known = recorded((await store.readAuthority()).roots, root.id);
  const there = known ?? (await store.reserveRoot(newExternalRoot(clock, root, trustDomain)));
  checkTrustDomain(there, trustDomain);
  return sameRoot(there, root);
}

/** A root as it is recorded first. @throws AppError `internal` where it is not valid now. */
export function newExternalRoot(
  clock: Clock,
  { id, certificate: pem }: DeclaredExternalRoot,
  trustDomain: TrustDomain,
): ExternalRoot {
  const createdAt = clock();
  const { certificate, validity } = described(pem);
  if (createdAt < validity.notBefore || isOver(validity.notAfter, createdAt))
    throw new AppError(
      'internal',
      `the certificate of ${id} is valid from ${toRfc3339(validity.notBefore)} to ${toRfc3339(validity.notAfter)}, and not now; give the certificate of a root that is`,
    );
  return { kind: 'external', id, trustDomain, state: 'ISSUED', validity, createdAt, certificate };
}

/** The root that is recorded. @throws AppError `internal` where it is not the one that the settings declare. */
export function sameRoot(root: Root, { id, certificate }: DeclaredExternalRoot): ExternalRoot {
  const declared = described(certificate);
  if (root.kind === 'kms')
    throw new AppError(
      'internal',
      `${id} is recorded with a key in KMS, and the settings now declare it as external. A root stays what it is: restore its setting`,
    );
  if (Buffer.compare(root.certificate, declared.certificate) === 0) return root;
  throw new AppError(
    'internal',
    `${id} is recorded with another certificate than the settings now give ("${declared.subject}", SHA-256 ${declared.sha256}). A root keeps its certificate: restore it, and append the new one to the setting successorRoots`,
  );
}

function described(pem: string): DescribedCertificate {
  return describeCertificate(new X509Certificate(pem));
}
