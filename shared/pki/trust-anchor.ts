import { X509Certificate } from 'node:crypto';
import { fromDate } from '../domain/instant.ts';
import type { Validity } from '../domain/validity.ts';
import { certificateSha256 } from './certificate.ts';
import { parseCertificate, validityOf } from './parse-tbs.ts';

const FORM = /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)\n-----END CERTIFICATE-----\n?$/;

/** What the text lacks that one certificate in PEM has, with the way out; the certificate where it lacks nothing. */
export function readOneCertificate(pem: string): X509Certificate | string {
  const base64 = FORM.exec(pem)?.[1]?.replaceAll('\n', '');
  if (base64 === undefined) return 'must be one certificate in PEM with line ends "\\n"';
  const invalid =
    'must be one certificate in PEM, but the text between BEGIN and END is not a certificate: use the output of "openssl x509 -in ca.crt"';
  try {
    const certificate = new X509Certificate(pem);
    // Parsing stops at the end of the certificate; anything after it would be served to hosts.
    return certificate.raw.toString('base64') === base64 ? certificate : invalid;
  } catch {
    return invalid;
  }
}

/**
 * The rules for a root of another CA that a certificate breaks, each with the way out, to follow the certificate's name:
 * hosts trust it, so it must be a self-signed CA that is valid now and that every reader of ours can read.
 */
export function trustAnchorProblems(certificate: X509Certificate, now: Date): readonly string[] {
  const [role, form] = [roleProblem(certificate), formProblem(certificate)];
  return [role, validityProblem(certificate, now), role ? undefined : form].filter(
    (problem) => problem !== undefined,
  );
}

/** The same, whenever it is valid. */
export function rootProblems(certificate: X509Certificate): readonly string[] {
  const problem = roleProblem(certificate) ?? formProblem(certificate);
  return problem === undefined ? [] : [problem];
}

/** A certificate, and what people know it by. */
export interface DescribedCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Hex SHA-256 of the DER. */
  readonly sha256: string;
  /** On one line: `O=Acme, CN=Old CA`; empty for an empty name. */
  readonly subject: string;
  readonly validity: Validity;
}

export function describeCertificate(certificate: X509Certificate): DescribedCertificate {
  return {
    certificate: new Uint8Array(certificate.raw),
    sha256: certificateSha256(certificate.raw),
    subject: oneLine(certificate.subject),
    validity: {
      notBefore: fromDate(certificate.validFromDate),
      notAfter: fromDate(certificate.validToDate),
    },
  };
}

/** A root is a self-signed CA (RFC 5280 section 4.2.1.9; keyCertSign, if it has a key usage). */
function roleProblem(certificate: X509Certificate): string | undefined {
  const selfIssued = certificate.subject === certificate.issuer;
  const itsRoot = selfIssued ? 'the root of that CA' : `its CA, ${quote(certificate.issuer)},`;
  if (!certificate.ca)
    return `must be a CA certificate (basicConstraints CA:TRUE, key usage keyCertSign), which it is not: use ${itsRoot} instead`;
  if (!selfIssued)
    return `must be a root, signed by its own key, but was issued by ${quote(certificate.issuer)}: use the root above it instead`;
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey)
    ? undefined
    : 'must be a root, signed by its own key, but its signature does not verify: export it from its CA again';
}

function validityProblem({ validFromDate, validToDate }: X509Certificate, now: Date): string | undefined {
  if (now > validToDate)
    return `must be valid, but expired at ${validToDate.toISOString()}: remove it, or use the root that replaced it`;
  return now < validFromDate
    ? `must be valid, but is not valid before ${validFromDate.toISOString()}: add it then, or check the clock`
    : undefined;
}

/** OpenSSL reads certificates that are not DER, or older than version 3; other readers may not. */
function formProblem({ raw }: X509Certificate): string | undefined {
  try {
    validityOf(parseCertificate(raw));
    return undefined;
  } catch {
    return 'must be an X.509 certificate of version 3 in DER (RFC 5280), which it is not: issue the root again';
  }
}

/** Node's form of a name has one attribute per line; for an empty name it returns undefined. */
function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}

function quote(name: string): string {
  return `"${oneLine(name)}"`;
}
