import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PROFILES } from '../../../shared/domain/profile.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { checkRequestedExtensions } from '../../../shared/pki/check-requested-extensions.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { verifyCsr } from '../../../shared/pki/verify-csr.ts';
import { makeCsr, makeKey } from '../../support/csr.ts';
import { elementStarts } from '../../support/der.ts';

const CODES = ['malformed_csr', 'csr_refused', 'key_refused'];

/** `accepted`, or the code of the refusal; anything else that is thrown fails the test. */
function outcome(text: string): string {
  try {
    const csr = decodeCsr(text);
    verifyCsr(csr, { caKeySha256: [] });
    checkRequestedExtensions(csr, PROFILES.agent);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(CODES).toContain(error.code);
    expect(error.message).toMatch(/\.|: openssl .*$/);
    return error.code;
  }
}

const GOOD = (['rsa', 'p256', 'p384', 'ed25519'] as const).map((kind) => {
  const names = { dnsNames: ['web-01.example.com'], ipAddresses: ['192.0.2.7'], uris: ['urn:a:b'] };
  return makeCsr({ privateKey: makeKey(kind), commonName: 'web-01', ...names });
});

type Mutation = (der: Buffer) => Buffer;

const octet = fc.integer({ min: 0, max: 255 });
/** Part of the way through, evenly spread (doubles would crowd near 0). */
const place = fc.nat(9999).map((n) => n / 10_000);
const at = (der: Buffer, where: number) => Math.floor(where * der.length);
const splice = (der: Buffer, from: number, to: number, ...inserted: readonly Uint8Array[]) =>
  Buffer.concat([der.subarray(0, from), ...inserted, der.subarray(to)]);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  // One octet anywhere; tag or length of an element; cut; insert; twice the same element; trailing octets.
  fc.tuple(place, octet).map(
    ([where, value]): Mutation =>
      (der) =>
        splice(der, at(der, where), at(der, where) + 1, Uint8Array.of(value)),
  ),
  fc.tuple(place, fc.constantFrom(0, 1), octet).map(
    ([where, offset, value]): Mutation =>
      (der) => {
        const starts = elementStarts(der);
        const start = (starts[Math.floor(where * starts.length)] ?? 0) + offset;
        return splice(der, start, start + 1, Uint8Array.of(value));
      },
  ),
  place.map(
    (where): Mutation =>
      (der) =>
        der.subarray(0, at(der, where)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 8 })).map(
    ([where, more]): Mutation =>
      (der) =>
        splice(der, at(der, where), at(der, where), more),
  ),
  place.map(
    (where): Mutation =>
      (der) => {
        const starts = elementStarts(der);
        const i = Math.floor(where * (starts.length - 1));
        return splice(der, starts[i] ?? 0, starts[i] ?? 0, der.subarray(starts[i], starts[i + 1]));
      },
  ),
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map(
    (more): Mutation =>
      (der) =>
        Buffer.concat([der, more]),
  ),
);

test('the requests that are mutated are accepted as they are', () => {
  // All but their names, which is another check's work, and asked for by the token.
  expect(GOOD.map(({ pem }) => outcome(pem))).toEqual(GOOD.map(() => 'accepted'));
});

test('a mutated request is refused with a documented code, and never accepted in another form', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.constantFrom(...GOOD),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      (good, mutations) => {
        const original = Buffer.from(good.der);
        let der: Buffer = original;
        for (const mutate of mutations) der = mutate(der);
        const result = outcome(toPem('CERTIFICATE REQUEST', der));
        seen.set(result, (seen.get(result) ?? 0) + 1);
        // Any change breaks the proof of possession at the latest.
        if (!der.equals(original)) expect(result).not.toBe('accepted');
      },
    ),
    { numRuns: 3000 },
  );
  expect([...seen.keys()].sort()).toEqual(['accepted', 'csr_refused', 'key_refused', 'malformed_csr']);
});

test('any text is refused with a documented code', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.base64String({ maxLength: 400 }),
    fc.uint8Array({ maxLength: 300 }).map((octets) => toPem('CERTIFICATE REQUEST', octets)),
    fc.mixedCase(fc.constant(GOOD[1]?.pem ?? '')),
  );
  fc.assert(
    fc.property(text, (input) => CODES.includes(outcome(input)) || input === GOOD[1]?.pem),
    { numRuns: 2000 },
  );
});
