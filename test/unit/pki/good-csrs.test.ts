import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import { verifyCsr } from '../../../shared/pki/verify-csr.ts';
import { makeKey } from '../../support/csr.ts';
import { openssl } from '../../support/openssl.ts';

const ec = (curve: string) => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
const pss = (hash: string) => [
  `-${hash}`,
  '-sigopt',
  'rsa_padding_mode:pss',
  '-sigopt',
  'rsa_pss_saltlen:digest',
];

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  /** Of a key that is given to openssl, which would take seconds to make one; without it, openssl makes a new key. */
  readonly rsaBits?: number;
  readonly kind: KeyKind;
  readonly algorithm: string;
}

const table: readonly Row[] = [
  {
    name: 'RSA-2048 with SHA-256',
    args: ['-sha256'],
    rsaBits: 2048,
    kind: 'rsa',
    algorithm: 'sha256WithRSAEncryption',
  },
  {
    name: 'RSA-2048 with SHA-384',
    args: ['-sha384'],
    rsaBits: 2048,
    kind: 'rsa',
    algorithm: 'sha384WithRSAEncryption',
  },
  {
    name: 'RSA-2048 with SHA-512',
    args: ['-sha512'],
    rsaBits: 2048,
    kind: 'rsa',
    algorithm: 'sha512WithRSAEncryption',
  },
  { name: 'RSA-4096', args: [], rsaBits: 4096, kind: 'rsa', algorithm: 'sha256WithRSAEncryption' },
  {
    name: 'RSASSA-PSS, SHA-256',
    args: pss('sha256'),
    rsaBits: 2048,
    kind: 'rsa',
    algorithm: 'RSASSA-PSS with sha256',
  },
  {
    name: 'RSASSA-PSS, SHA-512',
    args: pss('sha512'),
    rsaBits: 2048,
    kind: 'rsa',
    algorithm: 'RSASSA-PSS with sha512',
  },
  { name: 'P-256', args: ec('P-256'), kind: 'p256', algorithm: 'ecdsa-with-SHA256' },
  {
    name: 'P-384 with SHA-384',
    args: [...ec('P-384'), '-sha384'],
    kind: 'p384',
    algorithm: 'ecdsa-with-SHA384',
  },
  {
    name: 'P-521 with SHA-512',
    args: [...ec('P-521'), '-sha512'],
    kind: 'p521',
    algorithm: 'ecdsa-with-SHA512',
  },
  { name: 'Ed25519', args: ['-newkey', 'ed25519'], kind: 'ed25519', algorithm: 'Ed25519' },
];

describe('requests made by openssl are read and verified', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'csr-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function request(args: readonly string[], subject = '/CN=web-01', form = 'PEM'): Buffer {
    const out = join(directory, 'out');
    const key = join(directory, 'key');
    openssl(
      'req',
      '-new',
      '-nodes',
      '-keyout',
      key,
      '-out',
      out,
      '-outform',
      form,
      '-subj',
      subject,
      ...args,
    );
    return readFileSync(out);
  }

  function rsaKey(bits: number): readonly string[] {
    const file = join(directory, 'rsa');
    writeFileSync(file, makeKey('rsa', bits).export({ type: 'pkcs8', format: 'pem' }));
    return ['-key', file];
  }

  test.each(table)('$name', ({ args, rsaBits, kind, algorithm }) => {
    const key = rsaBits === undefined ? [] : rsaKey(rsaBits);
    const csr = decodeCsr(request([...key, ...args]).toString());
    verifyCsr(csr, { caKeySha256: [] });
    expect(csr).toMatchObject({
      keyKind: kind,
      commonName: 'web-01',
      dnsNames: [],
      proof: { algorithm: { name: algorithm } },
    });
  });

  test('with names, as base64 of DER with line breaks', () => {
    const names = 'subjectAltName=DNS:Web-01.Example.com,IP:2001:db8::1,URI:urn:a:b,IP:192.0.2.7';
    const der = request([...ec('P-256'), '-addext', names], '/', 'DER');
    const csr = decodeCsr(der.toString('base64').replace(/.{76}/g, '$&\n'));
    verifyCsr(csr, { caKeySha256: [] });
    expect(csr).toMatchObject({
      commonName: undefined,
      dnsNames: ['web-01.example.com'],
      ipAddresses: ['2001:db8::1', '192.0.2.7'],
      uris: ['urn:a:b'],
    });
    expect(Buffer.from(csr.der).equals(der)).toBe(true);
  });

  test('with every extension that may be asked for', () => {
    const extensions = [
      'keyUsage=critical,digitalSignature,keyEncipherment',
      'extendedKeyUsage=clientAuth,serverAuth',
      'basicConstraints=critical,CA:FALSE',
      'subjectKeyIdentifier=hash',
    ].flatMap((extension) => ['-addext', extension]);
    const { extensions: read } = decodeCsr(request([...ec('P-256'), ...extensions]).toString());
    expect(read).toMatchObject({
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'],
      basicConstraints: { ca: false },
    });
    expect(read.subjectKeyIdentifier).toHaveLength(20);
  });

  test('with the older label and CRLF', () => {
    const pem = request([...ec('P-256'), '-newhdr']).toString();
    expect(pem).toContain('BEGIN NEW CERTIFICATE REQUEST');
    expect(decodeCsr(pem.replaceAll('\n', '\r\n')).commonName).toBe('web-01');
  });
});
