import type { Issuer } from '../domain/authority.ts';
import { activeRoot } from '../issuance/roots.ts';
import {
  type CertifyIssuerRequest,
  type CertifyNextIssuerDependencies,
  certifyNextIssuer,
  findNextIssuer,
} from './certify-next-issuer.ts';
import { type RequestIssuerDependencies, requestIssuer } from './request-issuer.ts';

export type CreateNextIssuerDependencies = CertifyNextIssuerDependencies & RequestIssuerDependencies;

/**
 * Makes the next issuer, for an administrator: a root in KMS certifies it; below an external root it stays PENDING, with a
 * CSR for the CA of that root. Safe to repeat: what was cut off is finished, and where an issuer waits already, it is
 * returned.
 *
 * @example
 * const { issuer, created } = await createNextIssuer(deps, { by: caller.principal });
 *
 * @throws AppError what `findNextIssuer` throws; `authority_not_ready` before the root exists. @throws SigningError
 */
export async function createNextIssuer(
  deps: CreateNextIssuerDependencies,
  { id, by }: CertifyIssuerRequest,
): Promise<{ readonly issuer: Issuer; readonly created: boolean }> {
  const next = await findNextIssuer(deps, id);
  if (next.waiting !== undefined) return { issuer: next.waiting, created: false };
  const root = activeRoot(next.roots);
  return root.kind === 'external'
    ? requestIssuer(deps, next.slot, root, { known: next.known, by })
    : certifyNextIssuer(deps, { id: next.slot.id, by });
}
