import type { DraftedIssuer, Issuer, IssuerState } from '../domain/authority.ts';
import { familyOfCa, familyOfLeaf } from '../domain/key-family.ts';
import type { KeyKind } from '../domain/key-kind.ts';
import { AppError } from '../errors/app-error.ts';

export type CertifiedIssuer = DraftedIssuer & { readonly certificate: Uint8Array };

/** Issuers in these states complete what was reserved with them. */
const SIGNING_STATES: readonly IssuerState[] = ['ACTIVE', 'DRAINING'];

export function isCertified(issuer: Issuer): issuer is CertifiedIssuer {
  return issuer.certificate !== undefined;
}

/**
 * The issuer that new certificates for a kind of key come from: the one that is ACTIVE in the family of the key, so that a
 * verifier needs one family for the chain; otherwise the first that is ACTIVE.
 *
 * @throws AppError `authority_not_ready` where there is none, as between a deployment and the creation of its authority.
 */
export function activeIssuer(issuers: readonly Issuer[], keyKind: KeyKind): CertifiedIssuer {
  const all = issuers.filter(isCertified).filter(({ state }) => state === 'ACTIVE');
  const active = all.find(({ keySpec }) => familyOfCa(keySpec) === familyOfLeaf(keyKind)) ?? all[0];
  if (active === undefined)
    throw new AppError(
      'authority_not_ready',
      'No issuer is active at the moment. Send the same request again later.',
      {
        retryAfterSeconds: 60,
        internal: { issuers: issuers.map((issuer) => `${issuer.id} ${issuer.state}`).join(', ') },
      },
    );
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

/**
 * The issuer, which a root in KMS certifies.
 *
 * @throws AppError `internal` where it waits for a certificate from outside.
 */
export function draftedIssuer(issuer: Issuer): DraftedIssuer {
  if (issuer.validity !== undefined) return issuer;
  throw new AppError('internal', `${issuer.id} waits for its certificate from an external root`);
}

/**
 * Checks that the issuer still signs what was reserved with it: never once RETIRED or COMPROMISED.
 *
 * @throws AppError `try_again` where it does not: the reservation is given up in time, and then comes from another issuer.
 */
export function checkMaySign(issuer: Pick<Issuer, 'id' | 'state'>): void {
  if (SIGNING_STATES.includes(issuer.state)) return;
  throw new AppError(
    'try_again',
    'The issuer of this certificate no longer signs. Send the same request again later.',
    { retryAfterSeconds: 300, internal: { issuer: issuer.id, issuerState: issuer.state } },
  );
}
