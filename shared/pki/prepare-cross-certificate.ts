import { issuerRevocationPoints } from '../domain/revocation-points.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { Validity } from '../domain/validity.ts';
import { caExtensions } from './ca-extensions.ts';
import { rootCommonName } from './ca-names.ts';
import { type CaCertificate, issuerFacts } from './certificate.ts';
import { prepareCertificate } from './prepare-certificate.ts';
import type { Prepared } from './prepared.ts';
import { encodeTbs } from './tbs.ts';

export interface CrossCertificatePlan {
  readonly authority: string;
  /** The root whose key and name it certifies. */
  readonly subject: CaCertificate & { readonly id: string };
  /** The root before it, which signs. */
  readonly root: CaCertificate & { readonly id: string };
  /** Hex. */
  readonly serialNumber: string;
  readonly validity: Validity;
  readonly revocationUrl: RevocationUrl;
}

/**
 * Prepares the certificate of a newer root by an older one, with the name, key and key identifier of the newer root's own
 * certificate (RFC 4210 section 4.4, "new with old"), so that whatever is below the newer root chains to either. One issuer
 * may follow (pathLen 1). The same plan always gives the same bytes.
 * @throws AppError `internal` where the bytes break a rule, a validity outside of the older root's included.
 */
export function prepareCrossCertificate(plan: CrossCertificatePlan): Prepared {
  const { serialNumber, validity } = plan;
  const [issuer, { subject, publicKey, keyIdentifier }] = [issuerFacts(plan.root), issuerFacts(plan.subject)];
  const revocationPoints = issuerRevocationPoints(plan.root.id, plan.revocationUrl);
  const extensions = caExtensions({
    keyIdentifier,
    issuerKeyIdentifier: issuer.keyIdentifier,
    pathLength: 1,
    revocationPoints,
  });
  const tbs = encodeTbs({
    serialNumber,
    keySpec: issuer.keySpec,
    issuer: issuer.subject,
    validity,
    subject,
    publicKey,
    extensions,
  });
  const commonName = rootCommonName(plan.authority, plan.subject.id);
  return prepareCertificate(tbs, {
    kind: 'cross',
    serialNumber,
    validity,
    commonName,
    publicKey,
    issuer,
    revocationPoints,
  });
}
