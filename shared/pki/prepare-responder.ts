import { DAY } from '../domain/duration.ts';
import { type Instant, plus } from '../domain/instant.ts';
import { CA_BACKDATE_SECONDS } from '../domain/profile.ts';
import type { Validity } from '../domain/validity.ts';
import { type CaCertificate, type IssuerFacts, issuerFacts } from './certificate.ts';
import { NULL } from './der/write.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  type Extension,
  extendedKeyUsage,
  keyUsage,
  subjectKeyIdentifier,
} from './extensions.ts';
import { keyIdentifier } from './key-identifier.ts';
import { OID } from './oids.ts';
import { prepareCertificate } from './prepare-certificate.ts';
import type { Prepared } from './prepared.ts';
import { commonNameOnly, encodeTbs } from './tbs.ts';

export interface ResponderPlan {
  /** Hex. */
  readonly serialNumber: string;
  readonly validity: Validity;
  /** DER SubjectPublicKeyInfo of the responder's key. */
  readonly publicKey: Uint8Array;
  /** The CA whose certificates it answers for, and that signs it. */
  readonly ca: CaCertificate & { readonly id: string };
}

/** Nobody checks whether it is revoked: short, and renewed in time. */
const LIFETIME_SECONDS = 30 * DAY;

/** The validity of a responder's certificate that is made `now`: 30 days, within that of its CA. */
export function responderValidity(ca: CaCertificate, now: Instant): Validity {
  const { validity } = issuerFacts(ca);
  const within = (at: Instant): Instant =>
    at < validity.notBefore ? validity.notBefore : at > validity.notAfter ? validity.notAfter : at;
  return {
    notBefore: within(plus(now, -CA_BACKDATE_SECONDS)),
    notAfter: within(plus(now, LIFETIME_SECONDS)),
  };
}

/**
 * Prepares the certificate of an OCSP responder (RFC 6960 section 4.2.2.2): for OCSPSigning only, and not itself to be
 * checked for revocation. The same plan always gives the same bytes.
 * @throws AppError `internal` where the bytes break a rule, a validity outside of the CA's included.
 */
export function prepareResponder({ serialNumber, validity, publicKey, ca }: ResponderPlan): Prepared {
  const issuer = issuerFacts(ca);
  const commonName = responderName(ca.id, issuer);
  const tbs = encodeTbs({
    serialNumber,
    keySpec: issuer.keySpec,
    issuer: issuer.subject,
    validity,
    subject: commonNameOnly(commonName),
    publicKey,
    extensions: extensions(publicKey, issuer),
  });
  return prepareCertificate(tbs, {
    kind: 'responder',
    serialNumber,
    validity,
    commonName,
    publicKey,
    issuer,
  });
}

/** Octets of a common name (RFC 5280 appendix A, ub-common-name). */
const LONGEST_NAME = 64;

/**
 * Below a CA whose names are limited, a name that it permits where one is short enough: verifiers that take a common name
 * for a DNS name would else refuse the responder.
 */
function responderName(caId: string, { nameConstraints }: IssuerFacts): string {
  const names = (nameConstraints?.permittedDns ?? []).map((base) => `ocsp-${caId}.${base}`);
  return names.find((name) => name.length <= LONGEST_NAME) ?? `fleetseal OCSP responder of ${caId}`;
}

function extensions(publicKey: Uint8Array, issuer: IssuerFacts): readonly Extension[] {
  return [
    {
      oid: OID.authorityKeyIdentifier,
      critical: false,
      value: authorityKeyIdentifier(issuer.keyIdentifier),
    },
    {
      oid: OID.subjectKeyIdentifier,
      critical: false,
      value: subjectKeyIdentifier(keyIdentifier(publicKey)),
    },
    { oid: OID.basicConstraints, critical: true, value: basicConstraints(false) },
    { oid: OID.keyUsage, critical: true, value: keyUsage(['digitalSignature']) },
    { oid: OID.extKeyUsage, critical: false, value: extendedKeyUsage([OID.OCSPSigning]) },
    { oid: OID.ocspNoCheck, critical: false, value: NULL },
  ];
}
