import { findPemBlocks, readBase64 } from '../pem.ts';
import { malformedCsr } from './errors.ts';
import { refuseOtherStructures } from './other-structures.ts';

/** Characters. A request with an RSA-4096 key and ten names has about 2,000; `openssl req -text` makes 7,000 of it. */
export const MAX_CSR_LENGTH = 8192;

const LABELS = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];

const JSON_WAY = 'let a tool write the JSON, for example: jq -Rs \'{csr: ., name: "web-01"}\' agent.csr';

/**
 * The DER of a request in text form: one PEM block (RFC 7468 section 7 and its older label) with any text around it, or
 * base64 of DER.
 * @throws AppError `malformed_csr`. The text is never repeated in the message: it could be a private key.
 */
export function csrTextToDer(text: string): Uint8Array {
  if (text.length > MAX_CSR_LENGTH) {
    throw malformedCsr(
      `The CSR has ${text.length} characters; the limit is ${MAX_CSR_LENGTH}. Leave out extensions and attributes that are not needed.`,
    );
  }
  refusePrivateKey(text);
  if (text.trim() === '')
    throw malformedCsr('The csr field is empty. Send the PEM that "openssl req -new" writes.');
  const der = text.includes('-----') ? fromPem(text) : fromBase64(text);
  refuseOtherStructures(der);
  return der;
}

function refusePrivateKey(text: string): void {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw malformedCsr(
      'The csr field contains a private key, which must never leave its host. Make a new key, and send only the CSR made with it.',
    );
  }
}

function fromPem(text: string): Uint8Array {
  const [block, ...more] = findPemBlocks(text);
  if (block === undefined)
    throw malformedCsr(
      'The CSR has no line "-----BEGIN CERTIFICATE REQUEST-----". Send exactly what "openssl req -new" writes.',
    );
  if (more.length > 0)
    throw malformedCsr(`The csr field contains ${more.length + 1} PEM blocks. Send only one: the CSR.`);
  if (!LABELS.includes(block.label))
    throw malformedCsr(
      `The PEM block is labelled "${block.label}", not "CERTIFICATE REQUEST". Send the CSR that was made with the key: openssl req -new -key agent.key`,
    );
  return fromContents(block.contents);
}

/** What is between the two lines of the block. */
function fromContents(contents: string | undefined): Uint8Array {
  if (contents === undefined)
    throw malformedCsr('The PEM block has no line "-----END CERTIFICATE REQUEST-----": it is cut off.');
  if (contents.startsWith('\\n') || contents.startsWith('\\r'))
    throw malformedCsr(
      `The PEM block has a backslash and a letter where its line breaks should be: it was escaped twice. Instead, ${JSON_WAY}`,
    );
  if (!/^[ \t]*\r?\n/.test(contents))
    throw malformedCsr(`The PEM block has lost its line breaks. In JSON each is written as \\n; ${JSON_WAY}`);
  const der = readBase64(contents);
  if (der === undefined)
    throw malformedCsr(
      'The PEM block contains something other than base64 (a header, for example). Send exactly what "openssl req -new" writes.',
    );
  return der;
}

const BASE64_WAY =
  'Send the PEM that "openssl req -new" writes, or standard base64 of the DER, with padding.';

function fromBase64(text: string): Uint8Array {
  const bytes = readBase64(text);
  if (bytes === undefined) throw malformedCsr(`${describeText(text)} ${BASE64_WAY}`);
  const decoded = Buffer.from(bytes).toString('latin1');
  refusePrivateKey(decoded);
  if (decoded.includes('-----BEGIN ')) throw malformedCsr('The CSR is base64 of a PEM. Send the PEM itself.');
  return bytes;
}

/** Why a text is not base64 (RFC 4648 section 4). */
function describeText(text: string): string {
  const compact = text.replace(/\s/g, '');
  if (/^M[A-Za-z0-9_-]+=*$/.test(compact) && /[_-]/.test(compact))
    return 'The CSR is base64url (RFC 4648 section 5), which uses "-" and "_" instead of "+" and "/".';
  if (/^M[A-Za-z0-9+/]+$/.test(compact)) return 'The CSR is base64 without its padding, or cut off.';
  return 'The CSR is neither PEM nor base64 of DER.';
}
