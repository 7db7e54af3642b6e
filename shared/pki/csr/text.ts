import { readBase64, readPem } from '../pem.ts';
import { malformedCsr } from './errors.ts';

/** Characters. A request with an RSA-4096 key and ten names has about 2,000. */
const MAX_LENGTH = 8192;

const LABELS = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];

/**
 * The DER of a request in text form: PEM (RFC 7468 section 7 and its older label), or base64 of DER.
 * @throws AppError `malformed_csr`. The text is never repeated in the message: it could be a private key.
 */
export function csrTextToDer(text: string): Uint8Array {
  if (text.length > MAX_LENGTH) {
    throw malformedCsr(
      `The CSR has ${text.length} characters; at most ${MAX_LENGTH} are read. Leave out extensions and attributes that are not needed.`,
    );
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw malformedCsr(
      'The csr field holds a private key, which must never leave its host. Make a new key, and send only the CSR made with it.',
    );
  }
  return text.includes('-----') ? fromPem(text) : fromBase64(text);
}

function fromPem(text: string): Uint8Array {
  const block = readPem(text);
  if (block === undefined) {
    throw malformedCsr(
      'The CSR is not one clean PEM block. Send exactly what "openssl req -new" writes, from "-----BEGIN CERTIFICATE REQUEST-----" to "-----END CERTIFICATE REQUEST-----", with its line breaks (\\n in JSON).',
    );
  }
  if (!LABELS.includes(block.label)) {
    throw malformedCsr(
      `The PEM block is labelled "${block.label.slice(0, 64)}"; it must be "CERTIFICATE REQUEST".`,
    );
  }
  return block.der;
}

function fromBase64(text: string): Uint8Array {
  const der = readBase64(text);
  if (der === undefined) {
    throw malformedCsr('The CSR is neither PEM nor base64 of DER (RFC 4648 section 4, with padding).');
  }
  return der;
}
