import type { CertificateContents } from '../domain/certificate-record.ts';
import { spiffeId } from '../domain/identity.ts';
import { PROFILES } from '../domain/profile.ts';
import { leafRevocationPoints } from '../domain/revocation-points.ts';
import { type CaCertificate, issuerFacts } from './certificate.ts';
import {
  type AlternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  type Extension,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.ts';
import { keyIdentifier } from './key-identifier.ts';
import { leafKeyUsage } from './leaf-key-usage.ts';
import { OID } from './oids.ts';
import { prepareCertificate } from './prepare-certificate.ts';
import type { Prepared } from './prepared.ts';
import { revocationExtensions } from './revocation-extensions.ts';
import { commonNameOnly, encodeTbs } from './tbs.ts';

/**
 * Prepares a leaf certificate: the same contents and issuer always give the same bytes.
 *
 * @example
 * const { certificate } = await issue(prepareLeaf(record, issuer), (digest) => signer.sign(issuer, digest));
 *
 * @throws AppError `internal` where the bytes break a rule, a validity outside of the issuer's included: lifetimes are
 * never clipped.
 */
export function prepareLeaf(contents: CertificateContents, issuer: CaCertificate): Prepared {
  const facts = issuerFacts(issuer);
  const { serialNumber, validity, publicKey, name } = contents;
  const tbs = encodeTbs({
    serialNumber,
    keySpec: facts.keySpec,
    issuer: facts.subject,
    validity,
    subject: commonNameOnly(name),
    publicKey,
    extensions: leafExtensions(contents, facts.keyIdentifier),
  });
  return prepareCertificate(tbs, {
    kind: 'leaf',
    serialNumber,
    validity,
    commonName: name,
    publicKey,
    issuer: facts,
    contents,
    revocationPoints: leafRevocationPoints(contents),
  });
}

function leafExtensions(contents: CertificateContents, issuerKey: Uint8Array): readonly Extension[] {
  const profile = PROFILES[contents.profile];
  const purposes = profile.extendedKeyUsage.map((purpose) => OID[purpose]);
  return [
    { oid: OID.authorityKeyIdentifier, critical: false, value: authorityKeyIdentifier(issuerKey) },
    {
      oid: OID.subjectKeyIdentifier,
      critical: false,
      value: subjectKeyIdentifier(keyIdentifier(contents.publicKey)),
    },
    { oid: OID.basicConstraints, critical: true, value: basicConstraints(false) },
    { oid: OID.keyUsage, critical: true, value: keyUsage(leafKeyUsage(profile, contents.keyKind)) },
    { oid: OID.extKeyUsage, critical: false, value: extendedKeyUsage(purposes) },
    ...alternativeNames({
      uris: profile.uri ? [spiffeId(contents)] : [],
      dnsNames: contents.dnsNames,
      ipAddresses: contents.ipAddresses,
    }),
    ...revocationExtensions(leafRevocationPoints(contents)),
  ];
}

/** Not critical, since the subject is never empty; left out where there is no name (RFC 5280 section 4.2.1.6). */
function alternativeNames(names: AlternativeNames): readonly Extension[] {
  const count = names.uris.length + names.dnsNames.length + names.ipAddresses.length;
  return count > 0 ? [{ oid: OID.subjectAltName, critical: false, value: subjectAltName(names) }] : [];
}
