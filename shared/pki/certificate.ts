import { createHash } from 'node:crypto';
import { fromBER, OctetString } from 'asn1js';
import type { CaKeySpec } from '../domain/authority.ts';
import type { Validity } from '../domain/validity.ts';
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
}

/** Hex SHA-256 of the certificate's DER, its fingerprint. */
export function certificateSha256(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex');
}

/** DER SubjectPublicKeyInfo of a certificate. @throws TypeError where it is no certificate. */
export function publicKeyOf(certificate: Uint8Array): Uint8Array {
  return parseCertificate(certificate).publicKey;
}

/** DER Name of a certificate's subject. @throws TypeError where it is no certificate. */
export function subjectOf(certificate: Uint8Array): Uint8Array {
  return parseCertificate(certificate).subject;
}

/** @throws TypeError where it is no certificate, or has no subject key identifier. */
export function issuerFacts({ certificate, keySpec }: CaCertificate): IssuerFacts {
  const parsed = parseCertificate(certificate);
  const { subject, publicKey } = parsed;
  return {
    keySpec,
    subject,
    keyIdentifier: keyIdentifierOf(parsed),
    validity: validityOf(parsed),
    publicKey,
  };
}

function keyIdentifierOf({ extensions }: ParsedTbs): Uint8Array {
  const extension = extensions.find(({ oid }) => oid === OID.subjectKeyIdentifier);
  const { result } = fromBER(extension?.value ?? new Uint8Array());
  if (!(result instanceof OctetString)) throw new TypeError('a CA certificate without subjectKeyIdentifier');
  return Uint8Array.from(result.valueBlock.valueHexView);
}
