import type { CertificateContents } from '../../domain/certificate-record.ts';
import type { NameConstraints } from '../../domain/name-constraints.ts';
import type { RevocationPoints } from '../../domain/revocation-points.ts';
import type { Validity } from '../../domain/validity.ts';
import type { IssuerFacts } from '../certificate.ts';
import type { ParsedExtension, ParsedTbs } from '../parse-tbs.ts';

/**
 * `cross`: a root's key and name, certified by the root before it. `responder`: signs OCSP responses for the CA that issued
 * it (RFC 6960 section 4.2.2.2).
 */
export type CertificateKind = 'root' | 'cross' | 'issuer' | 'leaf' | 'responder';

/** What a certificate is meant to be: rules derive from it what must be in the bytes, by themselves. */
export interface LintContext {
  readonly kind: CertificateKind;
  /** Hex. */
  readonly serialNumber: string;
  readonly validity: Validity;
  readonly commonName: string;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** A root is its own issuer. */
  readonly issuer: IssuerFacts;
  /** Present for leaves. */
  readonly contents?: CertificateContents;
  /** Present for issuers whose names are limited. */
  readonly nameConstraints?: NameConstraints | undefined;
  /** Absent for roots, and for what was recorded by earlier versions. */
  readonly revocationPoints?: RevocationPoints | undefined;
}

export interface Rule {
  /** Snake case, as in the log. */
  readonly name: string;
  /** The clause that it enforces. */
  readonly citation: string;
  /** What is wrong, or undefined. May throw where octets are not readable at all: that counts as wrong, too. */
  check(tbs: ParsedTbs, context: LintContext): string | undefined;
}

/** The first extension with this identifier; that there is one only is a rule of its own. */
export function extensionOf(tbs: ParsedTbs, oid: string): ParsedExtension | undefined {
  return tbs.extensions.find((extension) => extension.oid === oid);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
