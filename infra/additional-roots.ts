import { X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';

const FORM = /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)\n-----END CERTIFICATE-----\n?$/;

/**
 * The setting `additionalRoots`: hosts trust what it holds, so each entry must be a root CA that is valid now, and be
 * there once. Every problem is named with index, subject, rule and way out.
 *
 * @param now the clock that validity is held against.
 */
export function additionalRoots(now: () => Date) {
  return z.array(z.string()).check(({ value: pems, issues }) => {
    const certificates = pems.map(parse);
    for (const [index, certificate] of certificates.entries())
      for (const message of problems(certificate, certificates.slice(0, index), now()))
        issues.push({ code: 'custom', message, path: [index], input: pems[index] });
  });
}

/** The certificate, or what is wrong with the text. */
function parse(pem: string): X509Certificate | string {
  const base64 = FORM.exec(pem)?.[1]?.replaceAll('\n', '');
  if (base64 === undefined) return 'must be one certificate in PEM with line ends "\\n"';
  const none =
    'must be one certificate in PEM, and what is between BEGIN and END is none: put in what "openssl x509 -in old-ca.crt" prints';
  try {
    const certificate = new X509Certificate(pem);
    // Parsing stops where the certificate ends; what came behind it would be served to hosts.
    return certificate.raw.toString('base64') === base64 ? certificate : none;
  } catch {
    return none;
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
    return [`${named(certificate)} is there already, as additionalRoots.${same}: leave one of them out`];
  return [roleProblem(certificate), validityProblem(certificate, now)]
    .filter((problem) => problem !== undefined)
    .map((problem) => `${named(certificate)} ${problem}`);
}

/** A root: a CA (RFC 5280 section 4.2.1.9, and keyCertSign where it says a key usage) that signed itself. */
function roleProblem(certificate: X509Certificate): string | undefined {
  const selfIssued = certificate.subject === certificate.issuer;
  const itsRoot = selfIssued ? 'the root of your old CA' : `its CA, ${quote(certificate.issuer)},`;
  if (!certificate.ca)
    return `must be a CA certificate (basicConstraints CA:TRUE, key usage keyCertSign) and is none: put in ${itsRoot} instead`;
  if (!selfIssued)
    return `must be a root, signed by its own key, and was issued by ${quote(certificate.issuer)}: put in the root above it instead`;
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey)
    ? undefined
    : 'must be a root, signed by its own key, and its signature does not verify: export it from the old CA again';
}

function validityProblem({ validFromDate, validToDate }: X509Certificate, now: Date): string | undefined {
  if (now > validToDate)
    return `must be valid and ended at ${validToDate.toISOString()}: leave it out, or put in the root that replaced it`;
  return now < validFromDate
    ? `must be valid and begins at ${validFromDate.toISOString()}: deploy it when it has begun, or check this machine's clock`
    : undefined;
}

const named = ({ subject }: X509Certificate): string => quote(subject);

/** A name as Node writes it, an attribute a line, as one line. For an empty name Node says undefined. */
function quote(name: string | undefined): string {
  return `"${(name ?? '').replaceAll('\n', ', ')}"`;
}
