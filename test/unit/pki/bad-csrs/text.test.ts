import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { toPem } from '../../../../shared/pki/pem.ts';
import { good, key, outcome, publicKey } from './requests.ts';

const base64 = Buffer.from(good.der).toString('base64');
const privateKey = (type: 'pkcs8' | 'sec1') => key.export({ format: 'der', type }).toString('base64');
const privatePem = (type: 'pkcs8' | 'sec1') => key.export({ format: 'pem', type }).toString();
const encrypted = key.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' });
/** A self-signed certificate (openssl req -x509), of which only the beginning matters. */
const certificate = Buffer.from(`3082010030819fa003020102${'00'.repeat(248)}`, 'hex');

const REFUSED = [
  { name: 'nothing', csr: '', words: 'The csr field is empty' },
  { name: 'blanks', csr: '  \n ', words: 'The csr field is empty' },
  { name: 'words', csr: 'please issue', words: 'neither PEM nor base64 of DER' },
  { name: 'a file name', csr: '@agent.csr', words: 'neither PEM nor base64 of DER' },
  { name: 'base64 without padding', csr: 'MIIBAA', words: 'base64 without its padding, or cut off' },
  { name: 'base64 cut off', csr: base64.slice(0, 201), words: 'base64 without its padding, or cut off' },
  {
    name: 'base64 for URLs',
    csr: `${base64.slice(0, 8)}-_${base64.slice(10).replaceAll('+', '-').replaceAll('/', '_')}`,
    words: 'is base64url (RFC 4648 section 5), which uses "-" and "_"',
  },
  {
    name: 'base64 of a PEM',
    csr: Buffer.from(good.pem).toString('base64'),
    words: 'is base64 of a PEM. Send the PEM itself.',
  },
  { name: 'too long', csr: 'A'.repeat(8193), words: 'has 8193 characters; the limit is 8192' },
  {
    name: 'PEM on one line',
    csr: good.pem.replaceAll('\n', ' '),
    words:
      'has lost its line breaks. In JSON each is written as \\n; let a tool write the JSON, for example: jq -Rs',
  },
  {
    name: 'PEM whose line breaks were escaped twice',
    csr: good.pem.replaceAll('\n', '\\n'),
    words: 'escaped twice',
  },
  { name: 'PEM without its end', csr: good.pem.replace(/-----END.*/s, ''), words: 'it is cut off' },
  { name: 'PEM without its beginning', csr: good.pem.replace(/.*\n/, ''), words: 'has no line "-----BEGIN' },
  { name: 'two PEM blocks', csr: good.pem + good.pem, words: 'contains 2 PEM blocks. Send only one' },
  {
    name: 'a certificate behind the request',
    csr: good.pem + toPem('CERTIFICATE', good.der),
    words: 'contains 2 PEM blocks. Send only one',
  },
  {
    name: 'PEM with headers',
    csr: good.pem.replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n'),
    words: 'contains something other than base64',
  },
  { name: 'an empty block', csr: toPem('CERTIFICATE REQUEST', new Uint8Array()), words: 'other than base64' },
  { name: 'a certificate', csr: toPem('CERTIFICATE', good.der), words: 'labelled "CERTIFICATE", not' },
  { name: 'a certificate in base64', csr: certificate.toString('base64'), words: 'contains a certificate' },
  {
    name: 'a public key in PEM',
    csr: createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString(),
    words: 'labelled "PUBLIC KEY", not',
  },
  { name: 'a public key', csr: publicKey.toString('base64'), words: 'contains only a key' },
  { name: 'an encrypted private key', csr: encrypted.toString('base64'), words: 'contains only a key' },
  ...[
    { name: 'a private key in PEM', csr: privatePem('pkcs8') },
    { name: 'a private key behind the request', csr: good.pem + privatePem('sec1') },
    { name: 'base64 of a private key in PEM', csr: Buffer.from(privatePem('sec1')).toString('base64') },
    { name: 'a private key in DER (PKCS #8)', csr: privateKey('pkcs8') },
    { name: 'a private key in DER (SEC 1)', csr: privateKey('sec1') },
    {
      name: 'a private key in DER, labelled as a request',
      csr: toPem('CERTIFICATE REQUEST', Buffer.from(privateKey('pkcs8'), 'base64')),
    },
  ].map((row) => ({ ...row, words: 'contains a private key, which must never leave its host' })),
];

describe('texts that are not one request: malformed_csr', () => {
  test.each(REFUSED)('$name', ({ csr, words }) => {
    const { code, message } = outcome(csr);
    expect({ code, message }).toEqual({ code: 'malformed_csr', message: expect.stringContaining(words) });
    // Nothing of what was sent comes back: it could be a key.
    for (let at = 0; at + 24 <= csr.length; at += 8)
      if (/^[A-Za-z0-9+/=]*$/.test(csr.slice(at, at + 24)))
        expect(message).not.toContain(csr.slice(at, at + 24));
  });
});

describe('texts that are one request, in another dress', () => {
  test.each([
    { name: 'what openssl req -text writes before it', csr: `Certificate Request:\n    Data:\n${good.pem}` },
    { name: 'text behind it', csr: `${good.pem}\nhttps://example.com\n` },
    { name: 'a byte order mark', csr: `\ufeff${good.pem}` },
    { name: 'CRLF', csr: good.pem.replaceAll('\n', '\r\n') },
    { name: 'lines of blanks', csr: good.pem.replaceAll('\n', '\n  \t\n') },
    { name: 'indented lines', csr: good.pem.replaceAll('\n', '\n    ') },
    { name: 'no line break at its end', csr: good.pem.trimEnd() },
    { name: 'the older label', csr: toPem('NEW CERTIFICATE REQUEST', good.der) },
    { name: 'base64 with blanks around and CRLF', csr: ` ${base64.replace(/.{76}/g, '$&\r\n')} \n` },
  ])('$name', ({ csr }) => {
    expect(outcome(csr)).toEqual({ code: 'accepted', message: '' });
  });
});
