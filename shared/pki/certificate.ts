import { createHash } from 'node:crypto';
import { fromBER, OctetString } from 'asn1js';
import type { CaKeySpec } from '../domain/authority.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import type { Validity } from '../domain/validity.ts';
import { readNameConstraints } from './name-constraints.ts';
import { OID } from './oids.ts';
import { type ParsedTbs, parseCertificate, validityOf } from './parse-tbs.ts';

/** The certificate of a CA and the kind of key that it signs with. */
export interface CaCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly keySpec: CaKeySpec;
}

/** What certificates take over from their issuer's certificate. */
export interface IssuerFacts {
  readonly keySpec: CaKeySpec;
  /** DER Name. */
  readonly subject: Uint8Array;
  readonly keyIdentifier: Uint8Array;
  readonly validity: Validity;
  /** DER SubjectPublicKeyInfo: verifies what the issuer signs. */
  readonly publicKey: Uint8Array;
  /** Undefined where the names that it may certify are not limited. */
  readonly nameConstraints: NameConstraints | undefined;
}

/** Hex SHA-256 of the certificate's DER, its fingerprint. */
export function certificateSha256(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex');
}

/** A certificate as it was read, and its facts once they are asked for. */
interface Known {
  readonly parsed: ParsedTbs;
  facts?: Omit<IssuerFacts, 'keySpec'>;
}

/** Certificates of CAs that were read before, by fingerprint: each issuance asks for the same few again. */
const KNOWN = new Map<string, Known>();

/** More than roots and issuers that an authority has at a time; past it, all are forgotten and read again. */
const MAX_KNOWN = 32;

function known(certificate: Uint8Array): Known {
  const fingerprint = certificateSha256(certificate);
  const found = KNOWN.get(fingerprint) ?? { parsed: parseCertificate(certificate) };
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(fingerprint, found);
  return found;
}

function read(certificate: Uint8Array): ParsedTbs {
  return known(certificate).parsed;
}

/** DER SubjectPublicKeyInfo of a certificate. @throws TypeError where it is not a certificate. */
export function publicKeyOf(certificate: Uint8Array): Uint8Array {
  return new Uint8Array(read(certificate).publicKey);
}

/** DER Name of a certificate's subject. @throws TypeError where it is not a certificate. */
export function subjectOf(certificate: Uint8Array): Uint8Array {
  return new Uint8Array(read(certificate).subject);
}

/**
 * What the names below a CA are limited to (RFC 5280 section 4.2.1.10); undefined where they are not.
 * @throws TypeError where it is not a certificate, or limits names in ways that this service does not know.
 */
export function nameConstraintsOf(certificate: Uint8Array): NameConstraints | undefined {
  return constraintsOf(read(certificate));
}

/**
 * @throws TypeError where it is not a certificate, has no subject key identifier, or limits names in ways that this service
 * does not know.
 */
export function issuerFacts({ certificate, keySpec }: CaCertificate): IssuerFacts {
  const issuer = known(certificate);
  issuer.facts ??= factsOf(issuer.parsed);
  return { keySpec, ...issuer.facts };
}

function factsOf(parsed: ParsedTbs): Omit<IssuerFacts, 'keySpec'> {
  const { subject, publicKey } = parsed;
  const keyIdentifier = keyIdentifierOf(parsed);
  const nameConstraints = constraintsOf(parsed);
  return { subject, keyIdentifier, validity: validityOf(parsed), publicKey, nameConstraints };
}

function constraintsOf({ extensions }: ParsedTbs): NameConstraints | undefined {
  const extension = extensions.find(({ oid }) => oid === OID.nameConstraints);
  return extension && readNameConstraints(extension.value);
}

function keyIdentifierOf({ extensions }: ParsedTbs): Uint8Array {
  const extension = extensions.find(({ oid }) => oid === OID.subjectKeyIdentifier);
  const { result } = fromBER(extension?.value ?? new Uint8Array());
  if (!(result instanceof OctetString)) throw new TypeError('a CA certificate without subjectKeyIdentifier');
  return new Uint8Array(result.valueBlock.valueHexView);
}
