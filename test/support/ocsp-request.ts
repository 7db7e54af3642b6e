import { createHash, X509Certificate } from 'node:crypto';
import type { CertIdHash } from '../../shared/domain/ocsp.ts';
import { element, NULL, objectIdentifier, octetString, sequence } from '../../shared/pki/der/write.ts';

/** Parts of a request that a test exchanges; each is DER. */
export interface RequestParts {
  /** [0] version. @default - left out, as DER has it */
  readonly version?: Uint8Array;
  /** [1] requestorName. @default - none */
  readonly requestor?: Uint8Array;
  /** Of requestList. @default - one, without extensions */
  readonly requests?: readonly Uint8Array[];
  /** Extensions of the whole request. @default - none */
  readonly extensions?: readonly Uint8Array[];
  /** [0] signature. @default - none */
  readonly signature?: Uint8Array;
}

const HASH_OID = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' };

/** The name and key hashes of a CA. */
export function caHashes(certificate: Uint8Array, hash: CertIdHash) {
  const digest = (octets: Uint8Array) => createHash(hash).update(octets).digest();
  const { publicKey } = new X509Certificate(certificate);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  // The BIT STRING is the last element: for P-256 and P-384 its contents are the point, for RSA the PKCS#1 form.
  const jwk = publicKey.export({ format: 'jwk' });
  const bits =
    publicKey.asymmetricKeyType === 'rsa'
      ? publicKey.export({ type: 'pkcs1', format: 'der' })
      : spki.subarray(spki.length - 1 - 2 * Buffer.from(jwk.x ?? '', 'base64url').length);
  return { nameHash: digest(subjectName(certificate)), keyHash: digest(bits) };
}

/** The Name of the subject: by position, each element skipped by its length. */
function subjectName(certificate: Uint8Array): Uint8Array {
  const inner = (octets: Uint8Array) => octets.subarray(header(octets));
  let rest = inner(inner(certificate));
  for (let i = 0; i < 5; i++) rest = rest.subarray(header(rest) + lengthOf(rest));
  return rest.subarray(0, header(rest) + lengthOf(rest));
}

function header(octets: Uint8Array): number {
  const first = octets[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function lengthOf(octets: Uint8Array): number {
  const first = octets[1] ?? 0;
  if (first < 0x80) return first;
  return octets.subarray(2, 2 + (first & 0x7f)).reduce((sum, octet) => sum * 256 + octet, 0);
}

/** A CertID. */
export function certId(options: {
  readonly hash: CertIdHash;
  readonly nameHash: Uint8Array;
  readonly keyHash: Uint8Array;
  /** Hex. */
  readonly serialNumber: string;
}): Uint8Array {
  return sequence(
    sequence(objectIdentifier(HASH_OID[options.hash]), NULL),
    octetString(options.nameHash),
    octetString(options.keyHash),
    element(0x02, Buffer.from(options.serialNumber, 'hex')),
  );
}

/** An OCSPRequest (RFC 6960 section 4.1.1) about one certificate, with whatever parts are exchanged. */
export function ocspRequest(id: Uint8Array, parts: RequestParts = {}): Uint8Array {
  const { version, requestor, requests = [sequence(id)], extensions, signature } = parts;
  const tbs = sequence(
    ...(version ? [version] : []),
    ...(requestor ? [requestor] : []),
    sequence(...requests),
    ...(extensions ? [element(0xa2, sequence(...extensions))] : []),
  );
  return sequence(tbs, ...(signature ? [signature] : []));
}

/** The extension with a nonce of these octets (RFC 9654 section 2.1). */
export function nonce(octets: Uint8Array): Uint8Array {
  return sequence(objectIdentifier('1.3.6.1.5.5.7.48.1.2'), octetString(octetString(octets)));
}
