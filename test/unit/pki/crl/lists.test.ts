import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaKeySpec } from '../../../../shared/domain/authority.ts';
import { instant, plus } from '../../../../shared/domain/instant.ts';
import { REVOCATION_REASONS, type RevocationReason } from '../../../../shared/domain/revocation.ts';
import { prepareList } from '../../../../shared/pki/crl/prepare-list.ts';
import { toPem } from '../../../../shared/pki/pem.ts';
import { signPrepared } from '../../../../shared/pki/sign-prepared.ts';
import { type MadeAuthority, makeAuthority, makeCaKey, NOW } from '../../../support/ca.ts';
import { entry, entryPages, makeList, PLAN, readList, SCOPE } from '../../../support/revocation-lists.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-crl-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let made: MadeAuthority;
beforeAll(async () => {
  made = await makeAuthority('ECC_NIST_P384', 'ECC_NIST_P256');
});

/** What OpenSSL says of the list, after it verified the signature with the CA's certificate. */
function textOf(der: Uint8Array, ca = made.issuer): string {
  const [list, certificate] = [join(directory, 'list.crl'), join(directory, 'ca.pem')];
  writeFileSync(list, der);
  writeFileSync(certificate, toPem('CERTIFICATE', ca.certificate));
  const args = ['crl', '-inform', 'DER', '-in', list, '-CAfile', certificate, '-text', '-noout'];
  const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8', maxBuffer: 1e8 });
  expect(stderr).toBe('verify OK\n');
  return stdout;
}

describe('a revocation list, read by OpenSSL', () => {
  test('of a shard: version 2, key identifier, number, critical issuing distribution point, entries with reasons', async () => {
    const entries = [
      entry('c1'),
      entry('c2', { reason: 'keyCompromise' }),
      entry('c3', { reason: 'superseded' }),
    ];
    const text = textOf(await makeList(made.issuer, [entries], { scope: SCOPE }));
    expect(text).toContain('Version 2 (0x1)');
    expect(text).toMatch(/Issuer: CN ?= ?fleetseal prod issuer-1/);
    expect(text).toContain('Last Update: Nov 23 12:00:00 2026 GMT');
    expect(text).toContain('Next Update: Nov 26 12:00:00 2026 GMT');
    expect(text).toContain('X509v3 Authority Key Identifier:');
    expect(text).toMatch(
      /Issuing Distribution Point: critical\s+Full Name:\s+URI:http:\/\/crl.example.com\/crl\/issuer-1\/3.crl\s+Only User Certificates/,
    );
    expect(text).toMatch(/X509v3 CRL Number:\s+(1795435200000000000|0x18EA9A9C16A58000)/);
    const [, ...revoked] = text.split('Serial Number: ');
    expect(revoked.map((one) => one.slice(0, 36))).toEqual(
      entries.map((one) => one.serialNumber.toUpperCase()),
    );
    expect(revoked.map((one) => one.includes('CRL entry extensions'))).toEqual([false, true, true]);
    expect(revoked[1]).toMatch(
      /Revocation Date: Nov 23 11:59:00 2026 GMT\s+CRL entry extensions:\s+X509v3 CRL Reason Code:\s+Key Compromise/,
    );
  });

  test('of the CAs that a root certified', async () => {
    const scope = { url: 'http://crl.example.com/crl/root-1/ca.crl', only: 'cas' } as const;
    const text = textOf(await makeList(made.root, [], { scope }), made.root);
    expect(text).toMatch(/ca.crl\s+Only CA Certificates/);
  });

  test('of everything has no issuing distribution point', async () => {
    const text = textOf(await makeList(made.issuer, [[entry('c1')]]));
    expect(text).not.toContain('Issuing Distribution Point');
  });

  test('that is empty has no revokedCertificates', async () => {
    expect(textOf(await makeList(made.issuer, []))).toContain('No Revoked Certificates.');
    expect(textOf(await makeList(made.issuer, [[], []]))).toContain('No Revoked Certificates.');
  });

  test('writes times through 2049 as UTCTime and later ones as GeneralizedTime', async () => {
    const last = instant(Date.UTC(2049, 11, 31, 23, 59, 59) / 1000);
    const entries = [entry('c1', { revokedAt: last }), entry('c2', { revokedAt: plus(last, 1) })];
    const der = await makeList(made.issuer, [entries], { thisUpdate: last, nextUpdate: plus(last, 1) });
    const text = textOf(der);
    expect(text).toContain('Last Update: Dec 31 23:59:59 2049 GMT');
    expect(text).toContain('Next Update: Jan  1 00:00:00 2050 GMT');
    const written = Buffer.from(der)
      .toString('latin1')
      .match(/(491231235959Z|20500101000000Z)/g);
    expect(written).toEqual(['491231235959Z', '20500101000000Z', '491231235959Z', '20500101000000Z']);
  });

  test.each<CaKeySpec>(['RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'ECC_NIST_P384'])(
    'verifies with a key of %s',
    async (keySpec) => {
      const { issuer } = await makeAuthority('ECC_NIST_P256', keySpec);
      expect(textOf(await makeList(issuer, [[entry('c1')]]), issuer)).toContain('Serial Number: 01');
    },
  );

  test('of 30,000 entries, which fill more than one chunk, is complete and in order', async () => {
    const text = textOf(await makeList(made.issuer, entryPages(30_000)));
    const serials = [...text.matchAll(/Serial Number: (\w+)/g)].map(([, serial]) =>
      Number.parseInt(serial?.slice(-8) ?? '', 16),
    );
    expect(serials).toEqual(Array.from({ length: 30_000 }, (_, i) => i));
  });

  test.each([
    { name: '1', number: 1n },
    { name: 'one with the high bit set', number: 0x80n },
    { name: 'the greatest of 20 octets', number: 2n ** 159n - 1n },
  ])('has the number $name', async ({ number }) => {
    const words = textOf(await makeList(made.issuer, [], { number })).match(/CRL Number:\s+(0x)?([0-9A-F]+)/);
    expect(BigInt(`${words?.[1] ?? (number < 1000n ? '' : '0x')}${words?.[2]}`)).toBe(number);
  });
});

test('any entries are read back by pkijs as they were', async () => {
  const second = fc.integer({ min: -631_152_000, max: 253_402_300_799 }).map(instant);
  const one = fc.record({
    serial: fc.uint8Array({ minLength: 17, maxLength: 17 }),
    revokedAt: second,
    reason: fc.constantFrom(...Object.keys(REVOCATION_REASONS)) as fc.Arbitrary<RevocationReason>,
  });
  const many = fc.uniqueArray(one, { selector: ({ serial }) => String(serial), maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(many, async (drawn) => {
      const entries = drawn
        .map(({ serial, ...rest }) => entry(`${Buffer.from(serial).toString('hex')}`, rest))
        .sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1));
      expect(readList(await makeList(made.issuer, [entries])).entries).toEqual(
        entries.map(({ serialNumber, revokedAt, reason }) => ({
          serialNumber,
          revokedAt,
          reason: REVOCATION_REASONS[reason],
        })),
      );
    }),
  );
});

describe('preparing a list', () => {
  const prepareWith = (change: object, pages = [[entry('c1')]]) =>
    prepareList({ ...PLAN, ...change }, made.issuer, pages);

  test.each([
    {
      name: 'entries out of order',
      pages: [[entry('c2')], [entry('c1')]],
      words: 'entry 1: its serial number is not greater',
    },
    {
      name: 'a certificate twice',
      pages: [[entry('c1'), entry('c1')]],
      words: 'entry 1: its serial number is not greater',
    },
    {
      name: 'a number that is too long',
      change: { number: 2n ** 159n },
      words: 'crl_number: it has 21 octets',
    },
    { name: 'the number 0', change: { number: 0n }, words: 'crl_number: 020100 is not positive' },
    { name: 'no life', change: { nextUpdate: NOW }, words: 'updates: thisUpdate is not before nextUpdate' },
    {
      name: 'a life backwards',
      change: { nextUpdate: plus(NOW, -1) },
      words: 'updates: thisUpdate is not before nextUpdate',
    },
    {
      name: 'an address that makes validation circular',
      change: { scope: { url: 'https://x.example/1.crl', only: 'leaves' } },
      words: 'is not a plain HTTP URL',
    },
    {
      name: 'an address with a space',
      change: { scope: { url: 'http://x.example/1 2', only: 'leaves' } },
      words: 'is not a plain HTTP URL',
    },
  ])('throws and signs nothing where it has $name', async ({ change = {}, pages, words }) => {
    await expect(prepareWith(change, pages)).rejects.toMatchObject({
      code: 'internal',
      message: 'The revocation list failed the checks before signing, so it was not signed.',
      internal: { lint: expect.stringContaining(words) },
    });
  });

  test.each(['', '0', '01', `${'01'.repeat(17)}zz`])('takes no serial number %j', async (serialNumber) => {
    const pages = [[entry('c1', { serialNumber: serialNumber as never })]];
    await expect(prepareWith({}, pages)).rejects.toThrow(`${serialNumber} is not a serial number`);
  });

  test('gives the same bytes for the same entries, however they are paged', async () => {
    const [a, b, c] = [entry('c1'), entry('c2'), entry('c3')];
    const lists = await Promise.all([[[a, b, c]], [[a], [], [b, c]]].map((pages) => prepareWith({}, pages)));
    expect(new Set(lists.map(({ prepared }) => prepared.tbsSha256)).size).toBe(1);
    expect(lists.map(({ entries }) => entries)).toEqual([3, 3]);
  });

  test('tells lists of other contents apart, and not those of another number or date', async () => {
    const later = { number: PLAN.number + 1n, thisUpdate: plus(NOW, 1), nextUpdate: plus(NOW, 1000) };
    const same = await Promise.all([prepareWith({}), prepareWith(later)]);
    expect(new Set(same.map(({ contentsSha256 }) => contentsSha256)).size).toBe(1);
    const others = await Promise.all([
      prepareWith({}, [[entry('c2')]]),
      prepareWith({}, [[entry('c1', { reason: 'superseded' })]]),
      prepareWith({}, []),
      prepareWith({ scope: SCOPE }),
      prepareList(PLAN, made.root, [[entry('c1')]]),
    ]);
    expect(new Set([...same, ...others].map(({ contentsSha256 }) => contentsSha256)).size).toBe(6);
  });

  test('passes on what the pages throw', async () => {
    async function* failing() {
      yield [entry('c1')];
      throw new RangeError('busy');
    }
    await expect(prepareList(PLAN, made.issuer, failing())).rejects.toThrow(RangeError);
  });
});

describe('signing a list', () => {
  test('hands out nothing whose signature does not verify, and signs once', async () => {
    const { prepared } = await prepareList(PLAN, made.issuer, []);
    const other = await makeCaKey('ECC_NIST_P256');
    await expect(signPrepared(prepared, other.sign)).rejects.toThrow('a signature that does not verify');
    await expect(signPrepared(prepared, made.issuer.key.sign)).rejects.toThrow('can be issued only once');
  });
});
