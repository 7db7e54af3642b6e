import { X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';

const FORM = /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)\n-----END CERTIFICATE-----\n?$/;

/**
 * The setting `additionalRoots`: hosts trust these certificates, so each must be a unique root CA that is valid now. Every
 * problem is reported with index, subject, rule and remedy.
 *
 * @param now the clock for the check of validity.
 */
export function additionalRoots(now: () => Date) {
  return z.array(z.string()).check(({ value: pems, issues }) => {
    const certificates = pems.map(parse);
    for (const [index, certificate] of certificates.entries())
      for (const message of problems(certificate, certificates.slice(0, index), now()))
        issues.push({ code: 'custom', message, path: [index], input: pems[index] });
  });
}

/** Returns the certificate, or the rule that the text breaks. */
function parse(pem: string): X509Certificate | string {
  const base64 = FORM.exec(pem)?.[1]?.replaceAll('\n', '');
  if (base64 === undefined) return 'must be one certificate in PEM with line ends "\\n"';
  const invalid =
    'must be one certificate in PEM, but the text between BEGIN and END is not a certificate: use the output of "openssl x509 -in old-ca.crt"';
  try {
    const certificate = new X509Certificate(pem);
    // Parsing stops at the end of the certificate; anything after it would be served to hosts.
    return certificate.raw.toString('base64') === base64 ? certificate : invalid;
  } catch {
    return invalid;
  }
}

function problems(
  certificate: X509Certificate | string,
  before: readonly (X509Certificate | string)[],
  now: Date,
): readonly string[] {
  if (typeof certificate === 'string') return [certificate];
  const same = before.findIndex((other) => typeof other !== 'string' && other.raw.equals(certificate.raw));
  if (same >= 0)
    return [`${named(certificate)} is the same certificate as additionalRoots.${same}: remove one of them`];
  return [roleProblem(certificate), validityProblem(certificate, now)]
    .filter((problem) => problem !== undefined)
    .map((problem) => `${named(certificate)} ${problem}`);
}

/** A root is a self-signed CA (RFC 5280 section 4.2.1.9; keyCertSign, if it has a key usage). */
function roleProblem(certificate: X509Certificate): string | undefined {
  const selfIssued = certificate.subject === certificate.issuer;
  const itsRoot = selfIssued ? 'the root of your old CA' : `its CA, ${quote(certificate.issuer)},`;
  if (!certificate.ca)
    return `must be a CA certificate (basicConstraints CA:TRUE, key usage keyCertSign), which it is not: use ${itsRoot} instead`;
  if (!selfIssued)
    return `must be a root, signed by its own key, but was issued by ${quote(certificate.issuer)}: use the root above it instead`;
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey)
    ? undefined
    : 'must be a root, signed by its own key, but its signature does not verify: export it from the old CA again';
}

function validityProblem({ validFromDate, validToDate }: X509Certificate, now: Date): string | undefined {
  if (now > validToDate)
    return `must be valid, but expired at ${validToDate.toISOString()}: remove it, or use the root that replaced it`;
  return now < validFromDate
    ? `must be valid, but is not valid before ${validFromDate.toISOString()}: deploy it then, or check this machine's clock`
    : undefined;
}

const named = ({ subject }: X509Certificate): string => quote(subject);

/** Node's form of a name, with one attribute per line, as one line. For an empty name Node returns undefined. */
function quote(name: string | undefined): string {
  return `"${(name ?? '').replaceAll('\n', ', ')}"`;
}
