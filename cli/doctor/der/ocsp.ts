import { createHash, X509Certificate } from 'node:crypto';
import type { CertificateParts } from './certificate.ts';
import { child, children, context, type Der, integerHex, oidOf, readDer, TAG, timeOf } from './reader.ts';
import { isSignedBy } from './signature.ts';

const SHA1 = Uint8Array.of(0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00);

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/** An OCSP request for one certificate (RFC 6960 section 4.1.1), with the SHA-1 ids that every responder takes. */
export function ocspRequest(certificate: CertificateParts, issuer: CertificateParts): Uint8Array {
  const sha1 = (octets: Uint8Array) => createHash('sha1').update(octets).digest();
  const serial = Buffer.from(certificate.serialNumber, 'hex');
  const positive = (serial[0] ?? 0) < 0x80 ? serial : Buffer.concat([Uint8Array.of(0), serial]);
  const id = wrap(
    TAG.sequence,
    SHA1,
    wrap(TAG.octetString, sha1(issuer.subject)),
    wrap(TAG.octetString, sha1(issuer.publicKey)),
    wrap(TAG.integer, positive),
  );
  return wrap(TAG.sequence, wrap(TAG.sequence, wrap(TAG.sequence, wrap(TAG.sequence, id))));
}

export interface OcspAnswer {
  readonly status: 'good' | 'revoked' | 'unknown';
  /** Milliseconds since 1970, as the next. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

/** Of RFC 6960 section 4.2.1. */
const ERRORS: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

/**
 * What a responder says of a certificate.
 *
 * @param now milliseconds since 1970.
 * @throws Error where it says nothing, is about another certificate, or is signed neither by the issuer nor by a responder
 * that the issuer certified.
 */
export function readOcspAnswer(
  der: Uint8Array,
  certificate: CertificateParts,
  issuer: X509Certificate,
  now: number,
): OcspAnswer {
  const response = readDer(der);
  const code = child(response, 0, TAG.enumerated).content[0] ?? -1;
  if (code !== 0) throw new Error(`the responder answers ${ERRORS[code] ?? code}`);
  const octets = child(child(response, 1, context(0)), 0, TAG.sequence);
  if (oidOf(child(octets, 0, TAG.oid)) !== BASIC_RESPONSE)
    throw new Error('a response of another type than basic');
  const basic = readDer(child(octets, 1, TAG.octetString).content);
  if (!isSignedBy(basic, signerOf(basic, issuer, now).publicKey))
    throw new Error('its signature does not verify');
  const responses = children(child(basic, 0)).find(({ tag }) => tag === TAG.sequence);
  const single =
    responses &&
    children(responses).find(
      (each) => integerHex(child(child(each, 0), 3, TAG.integer)) === certificate.serialNumber,
    );
  if (single === undefined) throw new Error('it is about another certificate');
  return answerOf(single);
}

/** The delegated responder whose certificate is in the response, or the issuer itself (RFC 6960 section 4.2.2.2). */
function signerOf(basic: Der, issuer: X509Certificate, now: number): X509Certificate {
  const certificates = children(basic)[3];
  const [der] = certificates === undefined ? [] : children(child(certificates, 0));
  if (der === undefined) return issuer;
  const responder = new X509Certificate(der.whole);
  if (!responder.checkIssued(issuer) || !responder.verify(issuer.publicKey))
    throw new Error('the issuer did not certify the responder');
  if (!responder.keyUsage?.includes(OCSP_SIGNING))
    throw new Error('the responder may not sign OCSP responses');
  if (now < responder.validFromDate.getTime() || now > responder.validToDate.getTime())
    throw new Error("the responder's certificate is not valid now");
  return responder;
}

function answerOf(single: Der): OcspAnswer {
  const [, status, thisUpdate, next] = children(single);
  if (status === undefined || thisUpdate === undefined) throw new Error('it has no status');
  const nextUpdate = next?.tag === context(0) ? timeOf(child(next, 0)) : undefined;
  return { status: statusOf(status), thisUpdate: timeOf(thisUpdate), nextUpdate };
}

/** [0] good, [1] revoked, [2] unknown. */
function statusOf({ tag }: Der): OcspAnswer['status'] {
  const number = tag & 0x1f;
  if (number === 0) return 'good';
  return number === 1 ? 'revoked' : 'unknown';
}

function wrap(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  // A request for one certificate is shorter than 256 octets.
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Uint8Array.of(tag, ...length), content]);
}
