import { X509Certificate } from 'node:crypto';
import { type Instant, toDate } from '../../domain/instant.ts';
import { quote } from '../../errors/excerpt.ts';

/** What is between the lines may have lost its line breaks; base64 has no hyphen. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END \1-----/g;

const ONLY = 'must contain only PEM certificates: one or more BEGIN CERTIFICATE blocks';

/**
 * What is wrong with the CA of a peer in PEM, as the end of a sentence that begins with the field's name; undefined if each
 * block is a certificate with which programs of Elastic can verify the peer: that of a CA, or the self-signed one of the
 * peer itself (crypto/x509, Verify: a certificate among the roots). No message repeats the text.
 *
 * @param now - @default - whether a certificate has expired is not looked at
 */
export function peerCaProblem(pem: string, now?: Instant): string | undefined {
  const text = withLineBreaks(pem);
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text))
    return "contains a private key, which must not leave its host: replace that key, and give only the CA's certificate";
  const blocks = [...text.matchAll(BLOCK)];
  const others = text.replace(BLOCK, '').trim();
  if (blocks.length === 0 || others !== '' || blocks.some(([, label]) => label !== 'CERTIFICATE'))
    return ONLY;
  const problems = blocks.map(([, , contents = ''], index) => {
    const certificate = readCertificate(contents);
    return certificate === undefined
      ? `has a block, number ${index + 1}, that is not a certificate: export the CA again, for example with "openssl x509 -in ca.crt"`
      : certificateProblem(certificate, now);
  });
  return problems.find((problem) => problem !== undefined);
}

/** The certificates of a text without {@link peerCaProblem}, with the line breaks of RFC 7468. */
export function canonicalPem(pem: string): string {
  return [...withLineBreaks(pem).matchAll(BLOCK)]
    .map(([, label, contents = '']) => {
      const lines = base64Of(contents).match(/.{1,64}/g) ?? [];
      return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
    })
    .join('');
}

/** A text that was escaped twice has `\n` in the place of line breaks. */
function withLineBreaks(pem: string): string {
  return pem.replace(/\\[rn]/g, '\n');
}

function base64Of(contents: string): string {
  return contents.replace(/\s/g, '');
}

/** Undefined for any other text, also for a certificate with something behind it. */
function readCertificate(contents: string): X509Certificate | undefined {
  const base64 = base64Of(contents);
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    return certificate.raw.toString('base64') === base64 ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function certificateProblem(certificate: X509Certificate, now?: Instant): string | undefined {
  const { subject, issuer, ca, validToDate } = certificate;
  const own = `has the certificate ${named(subject)}, which`;
  if (!ca && subject !== issuer)
    return `${own} is not that of a CA: give the certificate of its CA, ${named(issuer)}, instead`;
  return now !== undefined && toDate(now) > validToDate
    ? `${own} expired at ${validToDate.toISOString()}: give the one that replaced it`
    : undefined;
}

/** On one line; Node has one attribute per line, and undefined for an empty name. */
function named(name: string | undefined): string {
  return quote((name ?? '').replaceAll('\n', ', '));
}
