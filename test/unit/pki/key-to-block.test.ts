import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../../shared/errors/app-error.ts';
import { publicKeySha256OfCertificate, publicKeySha256OfCsr } from '../../../shared/pki/key-to-block.ts';
import { makeCsr } from '../../support/csr.ts';
import { openssl } from '../../support/openssl.ts';
import { sha256Hex } from '../../support/records.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-keys-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const KINDS = {
  'RSA 2048': ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'P-256': ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  Ed25519: ['ED25519'],
} as const;

/** A key file of that kind. */
function keyOf(kind: readonly string[]): string {
  const file = join(directory, `${kind.join('-')}.key`);
  openssl('genpkey', '-algorithm', ...kind, '-out', file);
  return file;
}

const csrOf = (key: string) => openssl('req', '-new', '-key', key, '-subj', '/O=Example/CN=any host');
const certificateOf = (key: string) => openssl('req', '-x509', '-new', '-key', key, '-subj', '/O=Example');

/** What OpenSSL takes for the key's SubjectPublicKeyInfo. */
function hashOf(key: string): string {
  const pem = openssl('pkey', '-in', key, '-pubout');
  return sha256Hex(createPublicKey(pem).export({ type: 'spki', format: 'der' }));
}

const codeOf = (read: () => unknown): string => {
  try {
    read();
    return 'read';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

describe.each(Object.entries(KINDS))('a key to block, %s', (_, kind) => {
  const key = keyOf(kind);

  test('is named the same by its certificate and its request as by OpenSSL', () => {
    expect(publicKeySha256OfCertificate(certificateOf(key))).toBe(hashOf(key));
    expect(publicKeySha256OfCsr(csrOf(key))).toBe(hashOf(key));
  });

  test('may have text around its block', () => {
    const text = openssl('req', '-new', '-key', key, '-subj', '/CN=x', '-text');
    expect(publicKeySha256OfCsr(text)).toBe(hashOf(key));
  });
});

describe('a key to block', () => {
  test('whose point is compressed is named as the one that could enroll', () => {
    const compressed = join(directory, 'compressed.key');
    const key = keyOf(KINDS['P-256']);
    openssl('ec', '-in', key, '-conv_form', 'compressed', '-out', compressed);
    expect(publicKeySha256OfCertificate(certificateOf(compressed))).toBe(hashOf(key));
    expect(publicKeySha256OfCsr(csrOf(compressed))).toBe(hashOf(key));
  });

  test('is named as enrollment names it', () => {
    const { pem, publicKey } = makeCsr({ kind: 'p256' });
    expect(publicKeySha256OfCsr(pem)).toBe(sha256Hex(publicKey));
  });

  test.each([
    { name: 'nothing', text: '' },
    { name: 'some text', text: 'not a certificate' },
    { name: 'a request', text: () => makeCsr().pem },
    { name: 'two certificates', text: () => certificateOf(keyOf(KINDS['P-256'])).repeat(2) },
    { name: 'a block that is cut off', text: () => certificateOf(keyOf(KINDS['P-256'])).slice(0, 200) },
    { name: 'a block of nonsense', text: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
  ])('is not taken from $name in place of a certificate', ({ text }) => {
    const pem = typeof text === 'string' ? text : text();
    expect(() => publicKeySha256OfCertificate(pem)).toThrow(
      expect.objectContaining({
        code: 'malformed_request',
        message: 'certificate must be the PEM of one certificate, as OpenSSL writes it.',
        errors: [{ pointer: '#/certificate', detail: expect.any(String) }],
      }),
    );
  });

  test('is never read from a private key', () => {
    const pem = makeCsr().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => publicKeySha256OfCsr(pem)).toThrow(
      'csr contains a private key, which must never leave its host. Send the PEM of one certificate signing request, or spkiSha256.',
    );
  });

  test('of a kind that gets no certificate is refused by name', () => {
    const parameters = join(directory, 'dsa.pem');
    const key = join(directory, 'dsa.key');
    openssl(
      'genpkey',
      '-genparam',
      '-algorithm',
      'DSA',
      '-pkeyopt',
      'dsa_paramgen_bits:1024',
      '-out',
      parameters,
    );
    openssl('genpkey', '-paramfile', parameters, '-out', key);
    for (const read of [
      () => publicKeySha256OfCertificate(certificateOf(key)),
      () => publicKeySha256OfCsr(csrOf(key)),
    ]) {
      expect(codeOf(read)).toBe('key_refused');
      expect(read).toThrow('The key is dsa that gets no certificate here: there is nothing to block.');
    }
  });

  test('from mutated text: read, or refused with a documented code', () => {
    const pem = makeCsr().pem;
    fc.assert(
      fc.property(fc.nat(pem.length - 1), fc.string({ maxLength: 4 }), (at, text) => {
        const mutant = pem.slice(0, at) + text + pem.slice(at + 1);
        expect(['read', 'malformed_request', 'key_refused']).toContain(
          codeOf(() => publicKeySha256OfCsr(mutant)),
        );
      }),
    );
  });
});
