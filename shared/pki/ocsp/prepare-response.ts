import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { CaKeySpec } from '../../domain/authority.ts';
import { SIGNATURE_ALGORITHMS } from '../../domain/signature-algorithm.ts';
import { type Prepared, prepare } from '../prepared.ts';
import { lintResponse } from './lint-response.ts';
import { parseResponse } from './parse-response.ts';
import { assembleResponse } from './response.ts';
import { encodeResponseData, type ResponseContents } from './response-data.ts';

/** What answers for a CA: its certificate goes with each response. */
export interface ResponderCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly keySpec: CaKeySpec;
}

/**
 * Prepares an OCSP response: the same contents and responder always give the same bytes. It is linted by code that shares
 * nothing with its writer, and after the signature read back and verified.
 *
 * @example
 * const { der } = await signPrepared(prepareResponse(contents, responder), (digest) => signer.sign(key, digest));
 *
 * @throws AppError `internal` where the bytes break a rule: a responder of another CA, or one that ends before the response.
 */
export function prepareResponse(
  contents: ResponseContents,
  responder: ResponderCertificate,
): Prepared<'OCSP response'> {
  const { publicKey } = new X509Certificate(responder.certificate);
  const tbs = encodeResponseData(contents, createHash('sha1').update(publicKeyBits(publicKey)).digest());
  const context = { ...contents, responderCertificate: responder.certificate };
  return prepare({
    kind: 'OCSP response',
    tbs,
    signer: { keySpec: responder.keySpec, publicKey: publicKey.export({ type: 'spki', format: 'der' }) },
    about: { serialNumber: contents.certId.serialNumber, state: contents.status.state },
    checks: { lint: () => lintResponse(tbs, context) },
    assemble: (signature) => assembleResponse(tbs, responder, signature),
    verify: (der, key) => isComplete(der, tbs, responder, key),
  });
}

/** Whether what is read back holds the same bytes, the responder's certificate, and a signature that verifies. */
function isComplete(
  der: Uint8Array,
  tbs: Uint8Array,
  { certificate, keySpec }: ResponderCertificate,
  key: KeyObject,
): boolean {
  const read = parseResponse(der);
  return (
    Buffer.compare(read.tbs, tbs) === 0 &&
    Buffer.compare(read.certificate, certificate) === 0 &&
    verify(SIGNATURE_ALGORITHMS[keySpec].hash, read.tbs, key, read.signature)
  );
}

/** The contents of subjectPublicKey: RSAPublicKey (RFC 8017), or the uncompressed point (RFC 5480 section 2.2). */
function publicKeyBits(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'der' });
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}
