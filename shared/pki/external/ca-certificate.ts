import type { X509Certificate } from 'node:crypto';
import { checkStrictDer } from '../der/check-strict.ts';
import { type ParsedTbs, parseCertificate, validityOf } from '../parse-tbs.ts';
import { readOneCertificate } from '../trust-anchor.ts';

/** The certificate of a CA outside of this service, or of an issuer by one, as two readers read it. */
export interface ExternalCa {
  /** By OpenSSL. */
  readonly x509: X509Certificate;
  /** By asn1js. */
  readonly parsed: ParsedTbs;
  /** For readers: `"O=Acme, CN=Issuing CA"`. */
  readonly name: string;
}

/** Reads one certificate in PEM; what is wrong, where it is not one. */
export function readExternalCa(pem: string): ExternalCa | string {
  const x509 = readOneCertificate(pem);
  return typeof x509 === 'string' ? x509 : externalCa(x509);
}

/** The certificate as both readers read it; what is wrong, where they do not. */
export function externalCa(x509: X509Certificate): ExternalCa | string {
  const name = `"${(x509.subject ?? '').replaceAll('\n', ', ')}"`;
  const problem = checkStrictDer(x509.raw);
  if (problem !== undefined) return `${name} must be DER, but ${problem}: issue it again`;
  try {
    const parsed = parseCertificate(x509.raw);
    validityOf(parsed);
    if (parsed.version === 2) return { x509, parsed, name };
  } catch {
    // Said below.
  }
  return `${name} must be an X.509 certificate of version 3 (RFC 5280): issue it again`;
}
