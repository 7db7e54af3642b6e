import { authorityInformationAccess } from './authority-information-access.ts';
import { authorityKeyIdentifier } from './authority-key-identifier.ts';
import { basicConstraints } from './basic-constraints.ts';
import { criticality } from './criticality.ts';
import { crlDistributionPoints } from './crl-distribution-points.ts';
import { duplicateExtensions } from './duplicate-extensions.ts';
import { extendedKeyUsage } from './extended-key-usage.ts';
import { issuerName } from './issuer-name.ts';
import { keyUsage } from './key-usage.ts';
import { knownExtensions } from './known-extensions.ts';
import { lifetime } from './lifetime.ts';
import { nameConstraints } from './name-constraints.ts';
import { ocspNoCheck } from './ocsp-no-check.ts';
import { permittedNames } from './permitted-names.ts';
import { plainHttpUrls } from './plain-http-urls.ts';
import { profileNames } from './profile-names.ts';
import { publicKey } from './public-key.ts';
import { responderLifetime } from './responder-lifetime.ts';
import type { CertificateKind, Rule } from './rule.ts';
import { serialNumber } from './serial-number.ts';
import { signatureAlgorithm } from './signature-algorithm.ts';
import { spiffeId } from './spiffe-id.ts';
import { strictDer } from './strict-der.ts';
import { subject } from './subject.ts';
import { subjectAlternativeName } from './subject-alternative-name.ts';
import { subjectKeyIdentifier } from './subject-key-identifier.ts';
import { uniqueIdentifiers } from './unique-identifiers.ts';
import { validityEncoding } from './validity-encoding.ts';
import { validityNesting } from './validity-nesting.ts';
import { validityPeriod } from './validity-period.ts';
import { version } from './version.ts';

const FOR_ALL: readonly Rule[] = [
  strictDer,
  version,
  serialNumber,
  signatureAlgorithm,
  issuerName,
  validityEncoding,
  validityPeriod,
  validityNesting,
  subject,
  publicKey,
  uniqueIdentifiers,
  subjectKeyIdentifier,
  authorityKeyIdentifier,
  keyUsage,
  extendedKeyUsage,
  basicConstraints,
  subjectAlternativeName,
  nameConstraints,
  criticality,
  duplicateExtensions,
  knownExtensions,
  crlDistributionPoints,
  authorityInformationAccess,
  plainHttpUrls,
];

/** The rules for each kind of certificate. Each one blocks: there is no finding that we would sign with. */
export const RULES: Readonly<Record<CertificateKind, readonly Rule[]>> = {
  root: FOR_ALL,
  cross: FOR_ALL,
  issuer: FOR_ALL,
  leaf: [...FOR_ALL, lifetime, profileNames, spiffeId, permittedNames],
  // Not permittedNames: few verifiers look at the name of a responder, and the common name may be too short for a permitted one.
  responder: [...FOR_ALL, responderLifetime, ocspNoCheck],
};
