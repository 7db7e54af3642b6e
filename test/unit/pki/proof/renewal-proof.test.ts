import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fromDate } from '../../../../shared/domain/instant.ts';
import { KEY_KINDS, type KeyKind } from '../../../../shared/domain/key-kind.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { element, objectIdentifier, sequence } from '../../../../shared/pki/der/write.ts';
import type { SentProof } from '../../../../shared/pki/proof/proof.ts';
import { readRenewalProof } from '../../../../shared/pki/proof/renewal-proof.ts';
import { type MadeAuthority, makeAuthority, serial } from '../../../support/ca.ts';
import { makeCsr } from '../../../support/csr.ts';
import {
  attribute,
  certifiedHost,
  type Host,
  makeCms,
  makeJws,
  opensslCms,
  usualAttributes,
} from '../../../support/proofs.ts';

let made: MadeAuthority;
const hosts = new Map<KeyKind, Host>();
/** The same key and another certificate. */
let again: Host;
const csr = makeCsr({ kind: 'p256' });
const base64 = Buffer.from(csr.der).toString('base64');
beforeAll(async () => {
  made = await makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256');
  for (const kind of KEY_KINDS) hosts.set(kind, await certifiedHost(made, kind));
  again = { ...(await certifiedHost(made, 'p256', serial('c2'))), ...keyOf(host('p256')) };
});

function host(kind: KeyKind): Host {
  const found = hosts.get(kind);
  if (found === undefined) throw new Error(`no host with a ${kind} key`);
  return found;
}

const keyOf = ({ publicKey, privateKey }: Host) => ({ publicKey, privateKey });
const sha256 = ({ certificate }: Host) => createHash('sha256').update(certificate);
const thumbprint = (by: Host) => sha256(by).digest('base64url');

function refusal(sent: SentProof): AppError {
  try {
    readRenewalProof(sent);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('a renewal by openssl cms', () => {
  const SIGNERS: readonly { kind: KeyKind; options: readonly string[] }[] = [
    { kind: 'rsa', options: ['-md', 'sha256'] },
    { kind: 'rsa', options: ['-md', 'sha512', '-nocerts'] },
    { kind: 'rsa', options: ['-md', 'sha256', '-keyid'] },
    { kind: 'p256', options: ['-md', 'sha256'] },
    { kind: 'p384', options: ['-md', 'sha384', '-keyid'] },
    { kind: 'p521', options: ['-md', 'sha512', '-nocerts'] },
  ];

  test.each(SIGNERS)('$kind $options: names the certificate, and is signed by its key', async (signer) => {
    const by = host(signer.kind);
    const before = fromDate(new Date());
    const proof = readRenewalProof({ cms: opensslCms(by, csr.der, ...signer.options) });
    expect(proof).toMatchObject({
      reference: { serialNumber: by.serialNumber },
      csr: base64,
      audience: undefined,
    });
    expect(proof.signedAt).toBeGreaterThanOrEqual(before);
    expect(proof.signedAt).toBeLessThanOrEqual(fromDate(new Date()));
    expect(await proof.isMadeBy(by)).toBe(true);
    expect(await proof.isMadeBy(await certifiedHost(made, signer.kind))).toBe(false);
  });

  test('is not about another certificate with the same key, where it includes its own', async () => {
    const included = readRenewalProof({ cms: opensslCms(host('p256'), csr.der, '-md', 'sha256') });
    expect(await included.isMadeBy(again)).toBe(false);
    const { certificate: _, ...unsigned } = host('p256');
    expect(await included.isMadeBy(unsigned)).toBe(false);
  });

  test.each([
    { name: 'a serial number', content: () => host('p256').serialNumber },
    { name: 'a serial number that begins as a SEQUENCE does', content: () => `0${'1'.repeat(35)}` },
    { name: 'the PEM of a CSR', content: () => csr.pem },
    { name: 'a CSR with something behind it', content: () => Buffer.concat([csr.der, Buffer.alloc(1)]) },
    { name: 'nothing', content: () => '' },
  ])('is not read where the content is $name', ({ content }) => {
    expect(refusal({ cms: opensslCms(host('p256'), content(), '-md', 'sha256') })).toMatchObject({
      code: 'malformed_proof',
      message:
        'The content of the CMS must be the new CSR in DER. Write it with: openssl req -new -outform DER',
      errors: [{ pointer: '#/cms' }],
    });
  });

  test('with a key identifier must include the certificate, and it alone', () => {
    const words = {
      code: 'malformed_proof',
      message:
        'The CMS names its signer by a key identifier (-keyid), so it must include the certificate of the signer and no other.',
    };
    expect(
      refusal({ cms: opensslCms(host('p256'), csr.der, '-md', 'sha256', '-keyid', '-nocerts') }),
    ).toMatchObject(words);
  });
});

describe('a renewal in CMS, part by part', () => {
  const content = Buffer.from(csr.der);
  const signingTime = (tag: number, text: string) =>
    attribute('1.2.840.113549.1.9.5', element(tag, Buffer.from(text)));
  const cms = (...attributes: readonly Uint8Array[]) =>
    makeCms(host('ed25519').privateKey, content, {
      attributes: [...usualAttributes(content), ...attributes],
      certificates: [host('ed25519').certificate],
    });

  test.each([
    { name: 'UTCTime', tag: 0x17, text: '261128093126Z', at: '2026-11-28T09:31:26Z' },
    { name: 'UTCTime of the last century', tag: 0x17, text: '500101000000Z', at: '1950-01-01T00:00:00Z' },
    { name: 'GeneralizedTime', tag: 0x18, text: '20500101000000Z', at: '2050-01-01T00:00:00Z' },
  ])('has its signing time as $name', async ({ tag, text, at }) => {
    const proof = readRenewalProof({ cms: cms(signingTime(tag, text)) });
    expect(proof.signedAt).toBe(fromDate(new Date(at)));
    expect(await proof.isMadeBy(host('ed25519'))).toBe(true);
  });

  test.each([
    { name: 'no signing time', attributes: [], words: 'has no signing time among its signed attributes' },
    {
      name: 'a signing time without seconds',
      attributes: [signingTime(0x17, '2611280931Z')],
      words: 'The CMS is not DER: ',
    },
    {
      name: 'a signing time with fractions',
      attributes: [signingTime(0x18, '20261128093126.5Z')],
      words: 'its signing time is not',
    },
    {
      name: 'a signing time of another zone',
      attributes: [signingTime(0x17, '261128093126+0100')],
      words: 'The CMS is not DER: ',
    },
    {
      name: 'the 30 February',
      attributes: [signingTime(0x17, '260230093126Z')],
      words: 'its signing time is not a time in UTC with seconds',
    },
    {
      name: 'another type of signing time',
      attributes: [signingTime(0x0c, '261128093126Z')],
      words: 'its signing time is not',
    },
  ])('is not read with $name', ({ attributes, words }) => {
    expect(refusal({ cms: cms(...attributes) })).toMatchObject({
      code: 'malformed_proof',
      message: expect.stringContaining(words),
      errors: [{ pointer: '#/cms' }],
    });
  });

  const NOW = signingTime(0x17, '261128093126Z');
  const usual = [...usualAttributes(content), NOW];
  const by = (serialNumber: string) => sequence(sequence(), element(0x02, Buffer.from(serialNumber, 'hex')));

  test('may include other certificates beside that of its signer', async () => {
    const one = host('ed25519');
    const certificates = [made.issuer.certificate, one.certificate];
    const parts = { attributes: usual, certificates, signer: by(one.serialNumber) };
    const proof = readRenewalProof({ cms: makeCms(one.privateKey, content, parts) });
    expect(proof.reference).toEqual({ serialNumber: one.serialNumber });
    expect(await proof.isMadeBy(one)).toBe(true);
  });

  test('with a key identifier and two certificates is not read', () => {
    const certificates = [made.issuer.certificate, host('ed25519').certificate];
    const parts = { attributes: usual, certificates };
    expect(refusal({ cms: makeCms(host('ed25519').privateKey, content, parts) }).message).toContain(
      'the certificate of the signer and no other',
    );
  });

  test.each([
    { name: 'a serial number of another length', parts: () => ({ signer: by('0102') }) },
    {
      name: 'a certificate that is none',
      parts: () => ({ certificates: [sequence(objectIdentifier('1.2.3'))] }),
    },
  ])('names no certificate of this service by $name', async ({ parts }) => {
    const one = host('ed25519');
    const proof = readRenewalProof({
      cms: makeCms(one.privateKey, content, { attributes: usual, ...parts() }),
    });
    expect(proof.reference).toBeUndefined();
  });
});

describe('a renewal in JWS', () => {
  const payload = { csr: csr.pem, iat: 1_795_857_600.5, aud: 'https://pki.example.com/v1' };
  const header = (by: Host) => ({ 'x5t#S256': thumbprint(by) });

  test.each(KEY_KINDS.map((kind) => ({ kind })))(
    '$kind: is proof of key and certificate',
    async ({ kind }) => {
      const by = host(kind);
      const proof = readRenewalProof({ jws: makeJws(by, payload, header(by)) });
      expect(proof).toEqual({
        reference: { thumbprint: sha256(by).digest('hex') },
        csr: csr.pem,
        signedAt: 1_795_857_600,
        audience: 'https://pki.example.com/v1',
        isMadeBy: expect.any(Function),
      });
      expect(await proof.isMadeBy(by)).toBe(true);
      expect(await proof.isMadeBy(await certifiedHost(made, kind))).toBe(false);
    },
  );

  test('is not about another certificate with the same key', async () => {
    const by = host('p256');
    const proof = readRenewalProof({ jws: makeJws(by, payload, header(by)) });
    expect(await proof.isMadeBy(again)).toBe(false);
  });

  test('may say which serial number, trust bundle and agent', () => {
    const by = host('p256');
    const more = {
      serialNumber: by.serialNumber.toUpperCase(),
      trustSha256: 'ab'.repeat(32),
      fleetAgentId: '3f9b1a52-8c1e-4e6f-9a51-0d8c8f7c2b11',
    };
    const proof = readRenewalProof({ jws: makeJws(by, { ...payload, ...more }, header(by)) });
    const { serialNumber, ...rest } = more;
    expect(proof).toMatchObject({ ...rest, reference: { serialNumber: serialNumber.toLowerCase() } });
  });

  test.each([
    { name: 'no thumbprint', value: undefined },
    { name: 'a thumbprint in hex', value: 'ab'.repeat(32) },
    { name: 'a thumbprint of SHA-1', value: Buffer.alloc(20).toString('base64url') },
    { name: 'a thumbprint with padding', value: Buffer.alloc(32).toString('base64') },
    { name: 'a number', value: 1 },
  ])('is not read with $name', ({ value }) => {
    const jws = makeJws(host('p256'), payload, { 'x5t#S256': value });
    expect(refusal({ jws })).toMatchObject({
      code: 'malformed_proof',
      message:
        'The JWS must have "x5t#S256" in its header: the SHA-256 of the DER of the current certificate, in base64url.',
      errors: [{ pointer: '#/jws' }],
    });
  });

  const FORM =
    'The payload of the JWS must be {"csr":"<PEM, or base64 of DER>","iat":<seconds since 1970>,"aud":"<URL of this API>"}, and may have "serialNumber", "trustSha256" and "fleetAgentId".';
  test.each([
    { name: 'no CSR', changes: { csr: undefined }, words: FORM },
    { name: 'no time', changes: { iat: undefined }, words: FORM },
    { name: 'a time as text', changes: { iat: '2026-11-28T09:31:26Z' }, words: FORM },
    { name: 'a time before 1970', changes: { iat: -1 }, words: FORM },
    { name: 'a time in milliseconds of the far future', changes: { iat: 1e15 }, words: FORM },
    { name: 'no audience', changes: { aud: undefined }, words: FORM },
    { name: 'a list of audiences', changes: { aud: ['https://pki.example.com'] }, words: FORM },
    { name: 'a name', changes: { name: 'web-02' }, words: FORM },
    { name: 'a revocation', changes: { revoke: true }, words: FORM },
    {
      name: 'a decimal serial number',
      changes: { serialNumber: '1'.repeat(43) },
      words:
        'The payload of the JWS must have the serial number of the current certificate as "serialNumber", in 36 hex digits.',
    },
    {
      name: 'a hash in upper case',
      changes: { trustSha256: 'AB'.repeat(32) },
      words:
        'The payload of the JWS must have "trustSha256" as 64 lower-case hex digits: the SHA-256 of the trust bundle (caBundle).',
    },
    {
      name: 'an agent with a path',
      changes: { fleetAgentId: '../x' },
      words: 'The payload of the JWS must have "fleetAgentId" as 1 to 64 letters, digits, "-" and "_".',
    },
  ])('is not read with $name', ({ changes, words }) => {
    const by = host('p256');
    const error = refusal({ jws: makeJws(by, { ...payload, ...changes }, header(by)) });
    expect([error.code, error.message]).toEqual(['malformed_proof', words]);
  });

  test.each(['null', '[]', 'nonsense'])('is not read with %s', (text) => {
    expect(refusal({ jws: makeJws(host('p256'), text, header(host('p256'))) }).message).toBe(FORM);
  });
});
