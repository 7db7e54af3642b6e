import {
  checkPrimeSync,
  createPrivateKey,
  createPublicKey,
  generatePrimeSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { AppError } from '../../../shared/errors/app-error.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import { bitString, objectIdentifier, sequence } from '../../../shared/pki/der/write.ts';
import { hasClosePrimes, integerRoot } from '../../../shared/pki/key-strength/close-primes.ts';
import { checkEd25519Key } from '../../../shared/pki/key-strength/ed25519.ts';
import { smallRemainders } from '../../../shared/pki/key-strength/primes.ts';
import { hasRocaFingerprint } from '../../../shared/pki/key-strength/roca.ts';
import { checkRsaKey } from '../../../shared/pki/key-strength/rsa.ts';
import { checkKeyStrength } from '../../../shared/pki/key-strength.ts';
import { OID } from '../../../shared/pki/oids.ts';
import { publicKeyBits } from '../../../shared/pki/public-key-bits.ts';
import { verifyCsr } from '../../../shared/pki/verify-csr.ts';
import { makeCsr, makeKey } from '../../support/csr.ts';

function refusal(privateKey: KeyObject): { code: string; message: string } {
  const csr = makeCsr({ privateKey, commonName: 'web-01' });
  try {
    verifyCsr(decodeCsr(csr.pem), { caKeySha256: [] });
    return { code: 'accepted', message: '' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, message: error.message };
  }
}

const base64Url = (n: bigint): string => {
  const hex = n.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, s0, s1] = [m, a % m, 0n, 1n];
  while (r1 > 0n) [r0, r1, s0, s1] = [r1, r0 % r1, s1, s0 - (r0 / r1) * s1];
  return ((s0 % m) + m) % m;
}

/** A working RSA key of two given primes. */
function rsaKey(p: bigint, q: bigint, e = 65537n): KeyObject {
  const d = inverse(e, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const key = Object.fromEntries(Object.entries(numbers).map(([name, n]) => [name, base64Url(n)]));
  return createPrivateKey({ key: { kty: 'RSA', ...key }, format: 'jwk' });
}

/** A prime of so many bits, the upper two set so that products have the full length, for which `e` has an inverse. */
function prime(bits: number, e = 65537n): bigint {
  for (;;) {
    const candidate = generatePrimeSync(bits, { bigint: true });
    if (candidate >> BigInt(bits - 2) === 3n && (candidate - 1n) % e !== 0n) return candidate;
  }
}

function nextPrime(after: bigint): bigint {
  let candidate = after + 2n;
  while (!checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** A prime as Infineon's library made them: k * M + (65537^a mod M), M the product of the first 126 primes. */
function rocaPrime(): bigint {
  let product = 1n;
  for (let n = 2n, found = 0; found < 126; n++) {
    if (checkPrimeSync(n)) {
      product *= n;
      found += 1;
    }
  }
  let power = 1n;
  for (let i = randomBytes(1).readUInt8(); i >= 0; i--) power = (power * 65537n) % product;
  let candidate = (((3n << 1022n) / product + 1n) * product + power) as bigint;
  while (!checkPrimeSync(candidate)) candidate += product;
  return candidate;
}

describe('RSA keys that are refused', () => {
  test.each([
    { name: '1024 bits', key: () => makeKey('rsa', 1024), words: 'has 1024 bits; it must have 2048 to 4096' },
    { name: '2047 bits', key: () => makeKey('rsa', 2047), words: 'has 2047 bits; it must have 2048 to 4096' },
    { name: '2052 bits', key: () => makeKey('rsa', 2052), words: 'not a multiple of 8' },
    { name: '4104 bits', key: () => makeKey('rsa', 4104), words: 'has 4104 bits; it must have 2048 to 4096' },
    {
      name: 'exponent 3',
      key: () => rsaKey(prime(1024, 3n), prime(1024, 3n), 3n),
      words: 'exponent must be odd and from 65537',
    },
    {
      name: 'an exponent that Go cannot hold',
      key: () => rsaKey(prime(1024, 2147483659n), prime(1024, 2147483659n), 2147483659n),
      words: 'from 65537 to 2147483647',
    },
    {
      name: 'a small factor',
      key: () => rsaKey(751n, prime(2038)),
      words: 'divisible by 751',
    },
    {
      name: 'primes side by side',
      key: () => {
        const p = prime(1024);
        return rsaKey(p, nextPrime(p));
      },
      words: 'so close together that the key can be broken (CVE-2022-26320)',
    },
    { name: 'ROCA', key: () => rsaKey(rocaPrime(), rocaPrime()), words: 'ROCA weakness (CVE-2017-15361)' },
  ])('$name', ({ key, words }) => {
    const { code, message } = refusal(key());
    expect(code).toBe('key_refused');
    expect(message).toContain(words);
    expect(message).toContain('openssl genpkey -algorithm RSA');
  });

  test('a modulus that is a prime', () => {
    const key = createPublicKey({
      key: { kty: 'RSA', n: base64Url(prime(2048)), e: 'AQAB' },
      format: 'jwk',
    });
    expect(() => checkRsaKey(key)).toThrow("The RSA key's modulus is itself a prime");
  });

  test('a modulus that is even, or a square', () => {
    const p = prime(1024);
    expect(smallRemainders(p * 2n)[0]).toEqual([2, 0]);
    expect(hasClosePrimes(p * p)).toBe(true);
  });
});

describe('RSA keys that are accepted', () => {
  test.each([2048, 2056, 3072, 4096])('%d bits', (bits) => {
    expect(refusal(makeKey('rsa', bits))).toEqual({ code: 'accepted', message: '' });
  });

  test('with the exponent 2147483647', () => {
    const e = 2147483647n;
    expect(refusal(rsaKey(prime(1024, e), prime(1024, e), e)).code).toBe('accepted');
  });

  test('and Fermat finds primes up to 100 rounds away, no further', () => {
    // With a = (p + q) / 2 and b = (q - p) / 2, a lies b^2 / 2a above the root of n: that is the round that finds it.
    const p = prime(1024);
    const found = [50n, 95n, 105n, 200n].map((round) => {
      const q = nextPrime(p + 2n * integerRoot(2n * round * p));
      return hasClosePrimes(p * q);
    });
    expect(found).toEqual([true, true, false, false]);
  });
});

test('integer roots are exact around squares', () => {
  for (const root of [1n, 2n, 3n, 94906267n, (1n << 1024n) - 1n, 1n << 1024n]) {
    expect([integerRoot(root * root - 1n), integerRoot(root * root), integerRoot(root * root + 1n)]).toEqual([
      root - 1n,
      root,
      root,
    ]);
  }
});

test("ROCA's fingerprint needs every prime", () => {
  const remainders = smallRemainders(65537n ** 40n);
  expect(hasRocaFingerprint(remainders)).toBe(true);
  expect(hasRocaFingerprint(remainders.map(([p, r]) => [p, p === 11 ? (r % 10) + 1 : r] as const))).toBe(
    remainders.some(([p, r]) => p === 11 && [1, 10].includes((r % 10) + 1)),
  );
});

describe('Ed25519 points of small order are refused', () => {
  const order8 = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
  const eight = Array.from({ length: 8 }, (_, i) =>
    i === 0 ? ed25519.Point.ZERO : order8.multiply(BigInt(i)),
  );

  test('all eight, as computed by another implementation', () => {
    expect(new Set(eight.map((point) => point.toHex())).size).toBe(8);
    for (const point of eight) {
      expect(() => checkEd25519Key(point.toBytes())).toThrow('not a usable public key');
    }
  });

  test('in a request, whose signature anybody can make', () => {
    const csr = decodeCsr(makeCsr({ kind: 'ed25519' }).pem);
    const zero = sequence(sequence(objectIdentifier(OID.ed25519)), bitString(new Uint8Array(32)));
    expect(() => verifyCsr({ ...csr, publicKey: zero }, { caKeySha256: [] })).toThrow(
      'not a usable public key',
    );
  });
});

test("the CA's own keys are refused", () => {
  const csr = decodeCsr(makeCsr({ commonName: 'web-01' }).pem);
  expect(() => verifyCsr(csr, { caKeySha256: ['00', csr.publicKeySha256] })).toThrow(
    'The key in the CSR is a key of the CA itself. Make a new key on the host.',
  );
});

describe('a key that OpenSSL reads, but would write in other octets', () => {
  const spki = createPublicKey(makeKey('rsa')).export({ format: 'der', type: 'spki' });

  test.each([
    {
      name: 'without the parameters NULL',
      publicKey: sequence(sequence(objectIdentifier(OID.rsaEncryption)), bitString(publicKeyBits(spki))),
    },
    {
      name: 'with a longer length',
      publicKey: Buffer.concat([Buffer.from('308300', 'hex'), spki.subarray(2)]),
    },
  ])('is refused: $name', ({ publicKey }) => {
    expect(
      createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }).asymmetricKeyType,
    ).toBe('rsa');
    expect(() => checkKeyStrength({ publicKey, publicKeySha256: '00', keyKind: 'rsa' }, [])).toThrow(
      'not encoded in its only DER form (RFC 5280 section 4.1.2.7)',
    );
  });
});
