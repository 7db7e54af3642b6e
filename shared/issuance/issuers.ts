import type { Issuer, IssuerState } from '../domain/authority.ts';
import { AppError } from '../errors/app-error.ts';

export type CertifiedIssuer = Issuer & { readonly certificate: Uint8Array };

/** Issuers in these states complete what was reserved with them. */
const SIGNING: readonly IssuerState[] = ['ACTIVE', 'DRAINING'];

function isCertified(issuer: Issuer): issuer is CertifiedIssuer {
  return issuer.certificate !== undefined;
}

/**
 * The issuer that new certificates come from: the first slot that is ACTIVE.
 *
 * @throws AppError `try_again` where there is none, as between a deployment and the creation of its authority.
 */
export function activeIssuer(issuers: readonly Issuer[]): CertifiedIssuer {
  const active = issuers.filter(isCertified).find((issuer) => issuer.state === 'ACTIVE');
  if (active === undefined)
    throw new AppError('try_again', 'No issuer is active at the moment. Send the same request again later.', {
      retryAfter: 60,
      internal: { issuers: issuers.map((issuer) => `${issuer.id} ${issuer.state}`).join(', ') },
    });
  return active;
}

/**
 * The issuer that a recorded certificate names.
 *
 * @throws AppError `internal` where the record names none that is known.
 */
export function certifiedIssuer(issuers: readonly Issuer[], id: string): CertifiedIssuer {
  const found = issuers.filter(isCertified).find((issuer) => issuer.id === id);
  if (found === undefined) throw new AppError('internal', `no certified issuer ${id}`);
  return found;
}

/** Whether the issuer may still sign what was reserved with it: never once RETIRED or COMPROMISED. */
export function maySign(issuer: Issuer): boolean {
  return SIGNING.includes(issuer.state);
}
