import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KEY_KINDS, type KeyKind } from '../../../../shared/domain/key-kind.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import {
  element,
  NULL,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
} from '../../../../shared/pki/der/write.ts';
import type { SentProof } from '../../../../shared/pki/proof/proof.ts';
import { readRevocationProof } from '../../../../shared/pki/proof/revocation-proof.ts';
import { type MadeAuthority, makeAuthority, serial } from '../../../support/ca.ts';
import { makeCsr } from '../../../support/csr.ts';
import {
  attribute,
  type CmsParts,
  certifiedHost,
  DATA,
  type Host,
  makeCms,
  makeJws,
  opensslCms,
  usualAttributes,
} from '../../../support/proofs.ts';

let made: MadeAuthority;
const hosts = new Map<KeyKind, Host>();
/** The same kind of key, and another certificate. */
let other: Host;
beforeAll(async () => {
  made = await makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256');
  for (const kind of KEY_KINDS) hosts.set(kind, await certifiedHost(made, kind));
  other = await certifiedHost(made, 'p256', serial('c2'));
});

function host(kind: KeyKind): Host {
  const found = hosts.get(kind);
  if (found === undefined) throw new Error(`no host with a ${kind} key`);
  return found;
}

/** Whether the host made a proof about its own certificate. */
async function proves(sent: SentProof, by: Host): Promise<boolean> {
  const proof = readRevocationProof(sent);
  return proof.serialNumber === by.serialNumber && (await proof.isMadeBy(by));
}

function refusal(sent: SentProof): AppError {
  try {
    readRevocationProof(sent);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was read');
}

const statement = ({ serialNumber }: Host) => ({ serialNumber, revoke: true });

describe('a proof by openssl cms', () => {
  const SIGNERS: readonly { kind: KeyKind; options: readonly string[] }[] = [
    { kind: 'rsa', options: ['-md', 'sha256'] },
    { kind: 'rsa', options: ['-md', 'sha512', '-nocerts'] },
    { kind: 'rsa', options: ['-md', 'sha384', '-keyid'] },
    {
      kind: 'rsa',
      options: ['-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32'],
    },
    { kind: 'p256', options: ['-md', 'sha256'] },
    { kind: 'p384', options: ['-md', 'sha384'] },
    { kind: 'p521', options: ['-md', 'sha512'] },
    { kind: 'p256', options: ['-md', 'sha512', '-cades'] },
  ];

  test.each(SIGNERS)(
    '$kind $options: is proof of the key of the certificate alone',
    async ({ kind, options }) => {
      const cms = opensslCms(host(kind), host(kind).serialNumber, ...options);
      expect(await proves({ cms }, host(kind))).toBe(true);
      expect(await readRevocationProof({ cms }).isMadeBy(other)).toBe(false);
    },
  );

  test.each([
    { name: 'in upper case', text: (hex: string) => hex.toUpperCase() },
    { name: 'with a line end', text: (hex: string) => `${hex}\n` },
    { name: 'with a line end of Windows', text: (hex: string) => `${hex}\r\n` },
  ])('takes the serial number $name', async ({ text }) => {
    const cms = opensslCms(host('p256'), text(host('p256').serialNumber), '-md', 'sha256');
    expect(await proves({ cms }, host('p256'))).toBe(true);
  });

  test.each([
    { name: 'nothing', content: '' },
    { name: 'a name', content: 'web-01' },
    { name: 'a decimal serial number', content: BigInt(`0x${serial('c1')}`).toString() },
    { name: 'two line ends', content: `${serial('c1')}\n\n` },
    { name: 'something before it', content: `revoke ${serial('c1')}` },
    { name: 'the serial number twice', content: serial('c1').repeat(2) },
    { name: 'octets outside of ASCII', content: Buffer.from(serial('c1'), 'hex') },
  ])('says nothing where the content is $name', ({ content }) => {
    expect(refusal({ cms: opensslCms(host('p256'), content, '-md', 'sha256') })).toMatchObject({
      code: 'malformed_proof',
      message: "The content of the CMS must be the certificate's serial number in 36 hex digits.",
      errors: [{ pointer: '#/cms' }],
    });
  });

  test.each([
    {
      name: 'without content',
      option: '-nodetach',
      words: 'its content is not included; sign with -nodetach',
    },
    { name: 'without attributes', option: '-noattr', words: 'its signer signed no attributes' },
    { name: 'by SHA-1', option: 'sha1', words: 'is signed by an algorithm that is not allowed' },
    { name: 'by SHA-224', option: 'sha224', words: 'Sign with -md sha256, sha384 or sha512' },
  ])('is not read $name', ({ option, words }) => {
    const { serialNumber } = host('rsa');
    const detach = option === '-nodetach';
    const options = option.startsWith('sha') ? ['-md', option] : detach ? [] : [option];
    const cms = detach
      ? makeCms(host('ed25519').privateKey, serialNumber, { content: undefined })
      : opensslCms(host('rsa'), serialNumber, ...options);
    expect(refusal({ cms })).toMatchObject({
      code: 'malformed_proof',
      message: expect.stringContaining(words),
    });
  });
});

describe('a proof in CMS, part by part', () => {
  const text = serial('c1');
  const content = Buffer.from(text);
  const ed25519 = () => host('ed25519').privateKey;

  test('is made by an Ed25519 key too (RFC 8419)', async () => {
    expect(await proves({ cms: makeCms(ed25519(), text) }, host('ed25519'))).toBe(true);
  });

  const sha256 = sequence(objectIdentifier('2.16.840.1.101.3.4.2.1'));
  test.each<{ name: string; parts: CmsParts; words: string }>([
    {
      name: 'two signers',
      parts: { signers: (one) => element(0x31, one, one) },
      words: 'exactly one signer',
    },
    { name: 'no signer', parts: { signers: () => element(0x31) }, words: 'exactly one signer' },
    { name: 'something behind it', parts: { surplus: [NULL] }, words: 'it is not a SignedData' },
    {
      name: 'content of another type',
      parts: { contentType: objectIdentifier('1.2.840.113549.1.7.5') },
      words: 'its content is not plain data',
    },
    {
      name: 'another signed content type',
      parts: { attributes: [attribute('1.2.840.113549.1.9.3', NULL)] },
      words: 'its signed content type is not plain data',
    },
    {
      name: 'no signed digest',
      parts: { attributes: [attribute('1.2.840.113549.1.9.3', DATA)] },
      words: 'openssl cms -sign -binary -nodetach makes: ',
    },
    {
      name: 'a digest twice',
      parts: { attributes: [...usualAttributes(content), ...usualAttributes(Buffer.from('other')).slice(1)] },
      words: 'a signed attribute is there twice',
    },
    {
      name: 'an attribute with two values',
      parts: {
        attributes: [
          ...usualAttributes(content).slice(0, 1),
          sequence(
            objectIdentifier('1.2.840.113549.1.9.4'),
            element(0x31, octetString(content), octetString(content)),
          ),
        ],
      },
      words: 'openssl cms -sign -binary -nodetach makes: ',
    },
    {
      name: 'Ed25519 with SHA-256',
      parts: { digestAlgorithm: sha256 },
      words: 'algorithm that is not allowed',
    },
    {
      name: 'one hash for the digest and another for the signature',
      parts: { signatureAlgorithm: sequence(objectIdentifier('1.2.840.10045.4.3.2')) },
      words: 'algorithm that is not allowed',
    },
  ])('is not read with $name', ({ parts, words }) => {
    expect(refusal({ cms: makeCms(ed25519(), text, parts) })).toMatchObject({
      code: 'malformed_proof',
      message: expect.stringContaining(words),
    });
  });

  test.each<{ name: string; parts: () => CmsParts }>([
    {
      name: 'the digest of another content',
      parts: () => ({ attributes: usualAttributes(Buffer.from('other')) }),
    },
    { name: 'a signature over the content', parts: () => ({ signature: sign(null, content, ed25519()) }) },
    { name: 'a signature of another length', parts: () => ({ signature: new Uint8Array(7) }) },
    {
      name: 'a signature over the attributes under their own tag',
      parts: () => ({ signature: sign(null, element(0xa0, ...usualAttributes(content)), ed25519()) }),
    },
  ])('proves nothing with $name', async ({ parts }) => {
    const { isMadeBy } = readRevocationProof({ cms: makeCms(ed25519(), text, parts()) });
    expect(await isMadeBy(host('ed25519'))).toBe(false);
  });

  test.each([
    { name: 'empty text', cms: '', words: 'is not base64 of DER' },
    { name: 'a PEM', cms: '-----BEGIN CMS-----\nMAA=\n-----END CMS-----', words: 'is not base64 of DER' },
    { name: 'base64url', cms: 'MI-_', words: 'is not base64 of DER' },
    {
      name: 'BER',
      cms: Buffer.from('30800000', 'hex').toString('base64'),
      words: 'is not DER: an indefinite length',
    },
    { name: 'an empty SEQUENCE', cms: 'MAA=', words: 'it is not a SignedData' },
    { name: 'a number', cms: 'AgEB', words: 'openssl cms -sign' },
    { name: 'a certificate', cms: '', words: 'it is not a SignedData' },
    {
      name: 'too many characters',
      cms: 'A'.repeat(12_289),
      words: 'has 12289 characters; the limit is 12288',
    },
  ])('is not $name', ({ name, cms, words }) => {
    const sent = name === 'a certificate' ? Buffer.from(other.certificate).toString('base64') : cms;
    expect(refusal({ cms: sent }).message).toContain(words);
  });

  test('may have line breaks in its base64', async () => {
    const cms = makeCms(ed25519(), text).replaceAll(/(.{64})/g, '$1\n');
    expect(await proves({ cms }, host('ed25519'))).toBe(true);
  });

  test('proves the same or nothing, whichever octet is changed', async () => {
    const cms = Buffer.from(opensslCms(other, other.serialNumber, '-md', 'sha256'), 'base64');
    const change = fc.record({ at: fc.nat(cms.length - 1), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, to }) => {
        const changed = Buffer.from(cms);
        changed[at] = to;
        try {
          const proof = readRevocationProof({ cms: changed.toString('base64') });
          if (await proof.isMadeBy(other)) expect(proof.serialNumber).toBe(other.serialNumber);
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed_proof' });
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('a proof in JWS', () => {
  const thumbprint = ({ certificate }: Host) => createHash('sha256').update(certificate).digest('base64url');

  test.each(KEY_KINDS.map((kind) => ({ kind })))('$kind: is proof of the key alone', async ({ kind }) => {
    const by = host(kind);
    const jws = makeJws(by, statement(by));
    expect(await proves({ jws }, by)).toBe(true);
    expect(await readRevocationProof({ jws }).isMadeBy(await certifiedHost(made, kind))).toBe(false);
    expect(await readRevocationProof({ jws }).isMadeBy(other)).toBe(false);
  });

  test.each<{ name: string; header: (by: Host) => object; payload?: object }>([
    { name: "the certificate's thumbprint", header: (by) => ({ 'x5t#S256': thumbprint(by) }) },
    { name: 'a type and a key id', header: () => ({ typ: 'JWT', kid: 'web-01' }) },
    { name: 'a time', header: () => ({}), payload: { iat: 1_795_435_200 } },
    {
      name: 'a serial number in upper case',
      header: () => ({}),
      payload: { serialNumber: serial('c1').toUpperCase() },
    },
  ])('may have $name', async ({ header, payload }) => {
    const by = host('p256');
    const jws = makeJws(by, { ...statement(by), ...payload }, header(by));
    expect(await proves({ jws }, by)).toBe(true);
  });

  test('proves nothing with the thumbprint of another certificate, or of one that is not signed yet', async () => {
    const by = host('p256');
    const { certificate: _, ...unsigned } = by;
    const wrong = makeJws(by, statement(by), { 'x5t#S256': thumbprint(other) });
    const right = makeJws(by, statement(by), { 'x5t#S256': thumbprint(by) });
    expect(await proves({ jws: wrong }, by)).toBe(false);
    expect(await readRevocationProof({ jws: right }).isMadeBy(unsigned)).toBe(false);
  });

  test.each<{ name: string; header: object; words: string }>([
    {
      name: 'no signature (none)',
      header: { alg: 'none' },
      words: 'must have an "alg" of RS256, ES256, ES384, ES512, EdDSA',
    },
    { name: 'a shared key (HS256)', header: { alg: 'HS256' }, words: 'must have an "alg" of' },
    { name: 'no algorithm', header: { alg: undefined }, words: 'must have an "alg" of' },
    { name: 'a key of its own', header: { jwk: { kty: 'OKP' } }, words: 'and nothing else' },
    { name: 'certificates of its own', header: { x5c: [] }, words: 'and nothing else' },
    { name: 'a URL of a key', header: { jku: 'https://a.example.com' }, words: 'and nothing else' },
    {
      name: 'a payload that is not encoded',
      header: { b64: false, crit: ['b64'] },
      words: 'and nothing else',
    },
  ])('is not read with $name', ({ header, words }) => {
    expect(refusal({ jws: makeJws(host('p256'), statement(host('p256')), header) })).toMatchObject({
      code: 'malformed_proof',
      message: expect.stringContaining(words),
      errors: [{ pointer: '#/jws' }],
    });
  });

  const { privateKey } = generateKeyPairSync('ed25519');
  test.each<{ name: string; payload: object | string }>([
    { name: 'no revocation', payload: { serialNumber: serial('c1') } },
    { name: 'revoke as text', payload: { serialNumber: serial('c1'), revoke: 'true' } },
    { name: 'revoke false', payload: { serialNumber: serial('c1'), revoke: false } },
    {
      name: 'a decimal serial number',
      payload: { serialNumber: BigInt(`0x${serial('c1')}`).toString(), revoke: true },
    },
    { name: 'a number', payload: { serialNumber: 1, revoke: true } },
    { name: 'a reason', payload: { serialNumber: serial('c1'), revoke: true, reason: 'superseded' } },
    {
      name: 'an audience',
      payload: { serialNumber: serial('c1'), revoke: true, aud: 'https://a.example.com' },
    },
    { name: 'a time as text', payload: { serialNumber: serial('c1'), revoke: true, iat: 'now' } },
    { name: 'a list', payload: '[]' },
    { name: 'null', payload: 'null' },
    { name: 'no JSON', payload: serial('c1') },
  ])('says nothing with $name', ({ payload }) => {
    const jws = makeJws({ privateKey, keyKind: 'ed25519' }, payload);
    expect(refusal({ jws })).toMatchObject({
      code: 'malformed_proof',
      message:
        'The payload of the JWS must be {"serialNumber":"<36 hex digits>","revoke":true}, and may have "iat".',
    });
  });

  test.each([
    { name: 'empty text', jws: '' },
    { name: 'two parts', jws: 'e30.e30' },
    { name: 'four parts', jws: 'e30.e30.e30.e30' },
    { name: 'an empty part', jws: 'e30..e30' },
    { name: 'padding', jws: 'e30=.e30.e30' },
    { name: 'base64', jws: 'e30.e+/0.e30' },
    { name: 'bits that are not zero', jws: 'e31.e30.e30' },
    { name: 'white space', jws: 'e30 .e30.e30' },
  ])('is not $name', ({ jws }) => {
    expect(refusal({ jws }).message).toBe(
      'The JWS is not three parts in base64url, without padding, with "." between them.',
    );
  });

  test('has a header that is an object', () => {
    expect(refusal({ jws: 'W10.e30.e30' }).message).toBe('The JWS has a header that is not a JSON object.');
    expect(refusal({ jws: '_w.e30.e30' }).message).toBe('The JWS has a header that is not a JSON object.');
  });

  test('has no more characters than are read', () => {
    expect(refusal({ jws: 'A'.repeat(12_289) }).message).toBe(
      'The JWS has 12289 characters; the limit is 12288.',
    );
  });

  test('proves the same or nothing, whichever character is changed', async () => {
    const jws = makeJws(other, statement(other));
    const change = fc.record({
      at: fc.nat(jws.length - 1),
      to: fc.constantFrom(...'ABCwxyz019-_.='),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, to }) => {
        const changed = `${jws.slice(0, at)}${to}${jws.slice(at + 1)}`;
        try {
          const isMade = await readRevocationProof({ jws: changed }).isMadeBy(other);
          expect(isMade).toBe(changed === jws);
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed_proof' });
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('what a host signs for another purpose', () => {
  test('a renewal is not read: CMS around a CSR, JWS with a CSR', () => {
    const csr = makeCsr({ kind: 'p256' });
    expect(refusal({ cms: opensslCms(other, csr.der, '-md', 'sha256') }).message).toContain('The content of');
    const payload = { csr: csr.pem, iat: 1, aud: 'https://a.example.com' };
    expect(refusal({ jws: makeJws(other, payload) }).message).toContain('The payload of');
  });

  test("a confirmation proves nothing: the predecessor's serial number, by the successor's key", async () => {
    const predecessor = host('p256');
    const cms = opensslCms(other, predecessor.serialNumber, '-md', 'sha256');
    expect(await proves({ cms }, predecessor)).toBe(false);
    const payload = { serialNumber: predecessor.serialNumber, iat: 1, aud: 'https://a.example.com' };
    expect(refusal({ jws: makeJws(other, payload) }).message).toContain('The payload of');
  });

  test('a CSR is no CMS', () => {
    const { der } = makeCsr({ kind: 'p256' });
    expect(refusal({ cms: Buffer.from(setOfOne(der)).toString('base64') }).code).toBe('malformed_proof');
  });
});
