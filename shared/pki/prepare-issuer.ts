import type { NameConstraints } from '../domain/name-constraints.ts';
import { issuerRevocationPoints } from '../domain/revocation-points.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { Validity } from '../domain/validity.ts';
import { caExtensions } from './ca-extensions.ts';
import { issuerCommonName } from './ca-names.ts';
import { type CaCertificate, issuerFacts } from './certificate.ts';
import { keyIdentifier } from './key-identifier.ts';
import { prepareCertificate } from './prepare-certificate.ts';
import type { Prepared } from './prepared.ts';
import { commonNameOnly, encodeTbs } from './tbs.ts';

export interface IssuerPlan {
  readonly authority: string;
  /** For example `issuer-1`. */
  readonly issuerId: string;
  /** Hex. */
  readonly serialNumber: string;
  readonly validity: Validity;
  /** DER SubjectPublicKeyInfo of the issuer's key. */
  readonly publicKey: Uint8Array;
  /** Signs it. */
  readonly root: CaCertificate & { readonly id: string };
  /** @default - no address of revocation data, as in certificates of earlier versions */
  readonly revocationUrl?: RevocationUrl | undefined;
  /** @default - no limits */
  readonly nameConstraints?: NameConstraints | undefined;
}

/**
 * Prepares an issuing CA's certificate, `CN=fleetseal <authority> <issuer id>`, which can sign leaves only (pathLen 0).
 * The same plan always gives the same bytes.
 * @throws AppError `internal` where the bytes break a rule, a validity outside of the root's included.
 */
export function prepareIssuer(plan: IssuerPlan): Prepared {
  const { authority, issuerId, serialNumber, validity, publicKey, nameConstraints } = plan;
  const root = issuerFacts(plan.root);
  const revocationPoints = issuerRevocationPoints(plan.root.id, plan.revocationUrl);
  const commonName = issuerCommonName(authority, issuerId);
  const tbs = encodeTbs({
    serialNumber,
    keySpec: root.keySpec,
    issuer: root.subject,
    validity,
    subject: commonNameOnly(commonName),
    publicKey,
    extensions: caExtensions({
      keyIdentifier: keyIdentifier(publicKey),
      issuerKeyIdentifier: root.keyIdentifier,
      pathLength: 0,
      nameConstraints,
      revocationPoints,
    }),
  });
  return prepareCertificate(tbs, {
    kind: 'issuer',
    serialNumber,
    validity,
    commonName,
    publicKey,
    issuer: root,
    nameConstraints,
    revocationPoints,
  });
}
