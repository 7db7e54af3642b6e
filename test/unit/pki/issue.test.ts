import { createHash, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CaKeySpec } from '../../../shared/domain/authority.ts';
import { instant, plus } from '../../../shared/domain/instant.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { certificateSha256, publicKeyOf, subjectOf } from '../../../shared/pki/certificate.ts';
import { issue } from '../../../shared/pki/issue.ts';
import { parseCertificate } from '../../../shared/pki/parse-tbs.ts';
import { prepareIssuer } from '../../../shared/pki/prepare-issuer.ts';
import { prepareLeaf } from '../../../shared/pki/prepare-leaf.ts';
import { prepareRoot } from '../../../shared/pki/prepare-root.ts';
import type { Prepared } from '../../../shared/pki/prepared.ts';
import { commonNameOnly } from '../../../shared/pki/tbs.ts';
import { type MadeAuthority, makeAuthority, makeCaKey, NOW, serial, YEAR } from '../../support/ca.ts';
import { leafContents } from '../../support/leaf-contents.ts';

let made: MadeAuthority;
beforeAll(async () => {
  made = await makeAuthority('ECC_NIST_P384', 'ECC_NIST_P256');
});

/** What `internal` says of the error that `run` throws. */
function internalOf(run: () => unknown): { message: string; words: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError && error.code === 'internal') {
      return { message: error.message, words: JSON.stringify(error.internal) };
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('preparing a leaf', () => {
  test('gives the same bytes for the same contents, and others for others', () => {
    const contents = leafContents('fleet-server');
    const again = structuredClone({ ...contents });
    const other = { ...contents, serialNumber: serial('c2') };
    const [first, second, third] = [contents, again, other].map((c) => prepareLeaf(c, made.issuer).tbsSha256);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('takes the issuer name over byte for byte, and leaves nothing out of what OpenSSL sees', async () => {
    const { certificate } = await issue(
      prepareLeaf(leafContents('fleet-server'), made.issuer),
      made.issuer.key.sign,
    );
    const seen = new X509Certificate(certificate);
    expect(Buffer.from(parseCertificate(certificate).issuer)).toEqual(
      Buffer.from(subjectOf(made.issuer.certificate)),
    );
    expect(seen).toMatchObject({
      subject: 'CN=web-01',
      issuer: 'CN=fleetseal prod issuer-1',
      serialNumber: serial('c1').toUpperCase(),
      subjectAltName:
        'URI:spiffe://prod/fleet-server/web-01, DNS:web-01.example.com, DNS:metrics.elastic.svc, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:1',
      ca: false,
    });
    expect(seen.checkIssued(new X509Certificate(made.issuer.certificate))).toBe(true);
  });

  test.each([
    {
      name: 'ends after its issuer',
      change: { notAfter: instant(NOW + 5 * YEAR + 1) },
      words: 'it ends after its issuer',
    },
    {
      name: 'starts before its issuer',
      change: { notBefore: instant(NOW - 3601) },
      words: 'it starts before its issuer',
    },
    {
      name: 'lives longer than its profile allows',
      change: { notAfter: instant(NOW + 400 * 86_400) },
      words: 'lifetime: ',
    },
  ])('throws and clips nothing where it $name', ({ change, words }) => {
    const contents = leafContents('fleet-server');
    const validity = { ...contents.validity, ...change };
    const { message, words: said } = internalOf(() => prepareLeaf({ ...contents, validity }, made.issuer));
    expect(message).toBe('The certificate failed the checks before signing, so it was not signed.');
    expect(said).toContain(words);
  });

  test('throws where names and profile do not fit', () => {
    const contents = { ...leafContents('eck-metrics'), dnsNames: [] };
    expect(internalOf(() => prepareLeaf(contents, made.issuer)).words).toContain(
      'profile_names: a DNS name is required',
    );
  });

  test('leaves the SAN out where there is no name', async () => {
    const contents = { ...leafContents('proxy'), dnsNames: [], ipAddresses: [] };
    const { certificate } = await issue(prepareLeaf(contents, made.issuer), made.issuer.key.sign);
    expect(new X509Certificate(certificate).subjectAltName).toBeUndefined();
  });
});

describe('preparing CAs', () => {
  const plan = async (keySpec: CaKeySpec, notAfter: number) => {
    const key = await makeCaKey(keySpec);
    const validity = { notBefore: instant(NOW - 3600), notAfter: instant(notAfter) };
    const fields = { authority: 'prod', rootId: 'root-1', serialNumber: serial('a1'), validity, keySpec };
    return { key, prepared: prepareRoot({ ...fields, publicKey: key.publicKey }) };
  };

  test.each([
    {
      name: 'the last second of 2049',
      notAfter: Date.UTC(2049, 11, 31, 23, 59, 59) / 1000,
      form: 'UTCTime',
      text: '491231235959Z',
    },
    {
      name: 'the first second of 2050',
      notAfter: Date.UTC(2050, 0, 1) / 1000,
      form: 'GeneralizedTime',
      text: '20500101000000Z',
    },
    {
      name: 'the end of time (RFC 5280 section 4.1.2.5)',
      notAfter: Date.UTC(9999, 11, 31, 23, 59, 59) / 1000,
      form: 'GeneralizedTime',
      text: '99991231235959Z',
    },
  ])('a root that is valid until $name', async ({ notAfter, form, text }) => {
    const { key, prepared } = await plan('ECC_NIST_P256', notAfter);
    const { certificate } = await issue(prepared, key.sign);
    expect(parseCertificate(certificate).notBefore.form).toBe('UTCTime');
    expect(parseCertificate(certificate).notAfter).toEqual({ form, text });
    expect(new X509Certificate(certificate).validToDate.getTime()).toBe(notAfter * 1000);
  });

  test('a root whose key is not of the kind that it should be is not signed', async () => {
    const { publicKey } = await makeCaKey('ECC_NIST_P256');
    const validity = { notBefore: NOW, notAfter: plus(NOW, YEAR) };
    const fields = { authority: 'prod', rootId: 'root-1', serialNumber: serial('a1'), validity, publicKey };
    expect(internalOf(() => prepareRoot({ ...fields, keySpec: 'RSA_4096' })).words).toContain('public_key: ');
  });

  test('an issuer that would outlive its root is not signed', () => {
    const { publicKey } = made.issuer.key;
    const validity = { notBefore: NOW, notAfter: plus(NOW, 31 * YEAR) };
    const fields = {
      authority: 'prod',
      issuerId: 'issuer-2',
      serialNumber: serial('b2'),
      validity,
      publicKey,
    };
    expect(internalOf(() => prepareIssuer({ ...fields, root: made.root })).words).toContain(
      'validity_nesting',
    );
  });

  test('an issuer holds the name constraints that are set, critical', async () => {
    const { issuer } = await makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256', {
      permittedDns: ['example.com'],
      permittedIp: ['192.0.2.0/23', '2001:db8::/33'] as never,
    });
    const found = parseCertificate(issuer.certificate).extensions.find(({ oid }) => oid === '2.5.29.30');
    expect(found?.critical).toBe(true);
    const dns = '300d820b6578616d706c652e636f6d';
    const ip4 = '300a8708c0000200fffffe00';
    const ip6 = `3022872020010db8${'00'.repeat(12)}ffffffff80${'00'.repeat(11)}`;
    expect(Buffer.from(found?.value ?? []).toString('hex')).toBe(
      `303fa03d${dns}${ip4}${ip6}`.replace('303fa03d', '3041a03f'),
    );
  });
});

describe('issuing', () => {
  test.each<[CaKeySpec, number]>([
    ['ECC_NIST_P256', 32],
    ['ECC_NIST_P384', 48],
    ['RSA_3072', 32],
  ])('with %s, the signer gets a digest of %d octets and nothing else', async (keySpec, length) => {
    const { issuer } = await makeAuthority('ECC_NIST_P256', keySpec);
    const prepared = prepareLeaf(leafContents('agent'), issuer);
    const seen: Uint8Array[] = [];
    const { certificate, note } = await issue(prepared, async (digest) => {
      seen.push(digest);
      return { ...(await issuer.key.sign(digest)), note: 'kept' };
    });
    const tbs = parseCertificate(certificate).der;
    expect(seen).toHaveLength(1);
    expect(Buffer.from(seen[0] ?? [])).toEqual(
      createHash(length === 48 ? 'sha384' : 'sha256')
        .update(tbs)
        .digest(),
    );
    expect(prepared.tbsSha256).toBe(createHash('sha256').update(tbs).digest('hex'));
    expect(note).toBe('kept');
  });

  test('hands out nothing whose signature does not verify', async () => {
    const prepared = prepareLeaf(leafContents('agent'), made.issuer);
    const other = await makeCaKey('ECC_NIST_P256');
    await expect(issue(prepared, other.sign)).rejects.toThrow(
      'The CA returned a signature that does not verify; it was discarded.',
    );
    const wrong = async () => ({ signature: new Uint8Array(70) });
    await expect(issue(prepareLeaf(leafContents('agent'), made.issuer), wrong)).rejects.toMatchObject({
      code: 'internal',
    });
  });

  test('passes on what the signer throws', async () => {
    const prepared = prepareLeaf(leafContents('agent'), made.issuer);
    await expect(issue(prepared, () => Promise.reject(new RangeError('busy')))).rejects.toThrow(RangeError);
  });

  test.each([
    { name: 'it was issued', first: () => made.issuer.key.sign },
    { name: 'its signature did not verify', first: () => async () => ({ signature: new Uint8Array(70) }) },
    { name: 'the signer failed', first: () => () => Promise.reject(new RangeError('busy')) },
  ])('redeems what was prepared once: not again where $name', async ({ first }) => {
    const prepared = prepareLeaf(leafContents('agent'), made.issuer);
    await issue(prepared, first()).catch(() => undefined);
    let signatures = 0;
    const again = issue(prepared, (digest) => {
      signatures++;
      return made.issuer.key.sign(digest);
    });
    await expect(again).rejects.toThrow(new TypeError('what prepare made can be issued only once'));
    expect(signatures).toBe(0);
  });

  test('redeems what was prepared once, also where two ask at the same moment', async () => {
    const prepared = prepareLeaf(leafContents('agent'), made.issuer);
    const both = await Promise.allSettled([1, 2].map(() => issue(prepared, made.issuer.key.sign)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('takes only what prepare made', async () => {
    const prepared = prepareLeaf(leafContents('agent'), made.issuer);
    const lookAlike = Object.create(
      Object.getPrototypeOf(prepared),
      Object.getOwnPropertyDescriptors(prepared),
    ) as Prepared;
    expect(lookAlike.tbsSha256).toBe(prepared.tbsSha256);
    for (const fake of [lookAlike, { ...prepared } as Prepared, {} as Prepared]) {
      await expect(issue(fake, made.issuer.key.sign)).rejects.toThrow('only what prepare made can be issued');
    }
  });
});

test('certificates are read: fingerprint, key, subject', () => {
  const { certificate, key } = made.issuer;
  const seen = new X509Certificate(certificate);
  expect(certificateSha256(certificate)).toBe(seen.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(Buffer.from(publicKeyOf(certificate))).toEqual(Buffer.from(key.publicKey));
  expect(Buffer.from(subjectOf(certificate))).toEqual(Buffer.from(commonNameOnly('fleetseal prod issuer-1')));
  expect(() => publicKeyOf(Buffer.from('3000', 'hex'))).toThrow(TypeError);
});
