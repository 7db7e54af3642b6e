import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { CertificationRequest } from 'pkijs';
import { AppError, fieldError } from '../errors/app-error.ts';
import { findPemBlocks, readBase64 } from './pem.ts';

/*
 * The keys of certificates and requests that come from anywhere, to be blocked. They are only named here, not accepted:
 * what the service would refuse to certify must not be refused here too, and nothing proves possession.
 */

/**
 * Hex SHA-256 of a certificate's public key, in the form in which the service knows keys.
 *
 * @param pem one PEM block.
 * @throws AppError `malformed_request` for anything else; `key_refused` for a kind of key that gets no certificate.
 */
export function publicKeySha256OfCertificate(pem: string): string {
  const der = onlyBlock(pem, '#/certificate', ['CERTIFICATE'], 'the PEM of one certificate');
  try {
    return sha256(new X509Certificate(der).publicKey, '#/certificate');
  } catch (cause) {
    throw unreadable('#/certificate', 'the PEM of one certificate', cause);
  }
}

/** The same of a certification request (PKCS #10). */
export function publicKeySha256OfCsr(pem: string): string {
  const labels = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];
  const der = onlyBlock(pem, '#/csr', labels, 'the PEM of one certificate signing request');
  try {
    const { subjectPublicKeyInfo } = CertificationRequest.fromBER(der);
    const key = Buffer.from(subjectPublicKeyInfo.toSchema().toBER());
    return sha256(createPublicKey({ key, format: 'der', type: 'spki' }), '#/csr');
  } catch (cause) {
    throw unreadable('#/csr', 'the PEM of one certificate signing request', cause);
  }
}

/** The DER of the one PEM block in a text, whatever stands around it. */
function onlyBlock(text: string, pointer: string, labels: readonly string[], form: string): Uint8Array {
  const [block, ...more] = findPemBlocks(text);
  if (block !== undefined && /PRIVATE KEY/.test(block.label))
    throw fieldError(
      'malformed_request',
      pointer,
      `${nameOf(pointer)} contains a private key, which must never leave its host. Send ${form}, or spkiSha256.`,
    );
  const der = block?.contents === undefined ? undefined : readBase64(block.contents);
  if (block === undefined || more.length > 0 || der === undefined || !labels.includes(block.label))
    throw unreadable(pointer, form);
  return der;
}

/** The hash of the key in the one form in which it could be certified: of a point, the uncompressed one. */
function sha256(key: KeyObject, pointer: string): string {
  const canonical = canonicalForm(key, pointer).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(canonical).digest('hex');
}

function canonicalForm(key: KeyObject, pointer: string): KeyObject {
  try {
    return createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  } catch (cause) {
    const detail = `The key is ${key.asymmetricKeyType ?? 'of a kind'} that gets no certificate here: there is nothing to block.`;
    throw new AppError('key_refused', detail, { errors: [{ pointer, detail }], cause });
  }
}

function unreadable(pointer: string, form: string, cause?: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const detail = `${nameOf(pointer)} must be ${form}, as OpenSSL writes it.`;
  return new AppError('malformed_request', detail, { errors: [{ pointer, detail }], cause });
}

function nameOf(pointer: string): string {
  return pointer.replace('#/', '');
}
