import { createPublicKey, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { PROFILES } from '../../../shared/domain/profile.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { checkRequestedExtensions } from '../../../shared/pki/check-requested-extensions.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import { bitString, contextConstructed, sequence } from '../../../shared/pki/der/write.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { publicKeyBits } from '../../../shared/pki/public-key-bits.ts';
import { verifyCsr } from '../../../shared/pki/verify-csr.ts';
import { makeCsr, makeKey, nameOf, signRequest } from '../../support/csr.ts';
import { elementStarts } from '../../support/der.ts';
import { VERSION } from './bad-csrs/requests.ts';

/*
 * Octets of a request of each kind of key, changed, inserted and deleted: once in the request as it is, and once
 * inside the public key, with every length around it right and the proof of possession made again, so that nothing but
 * the key's own form can be the reason of a refusal.
 */

const CODES = ['malformed_csr', 'csr_refused', 'key_refused'];

/** `accepted` or the refusal's code. A key that is accepted is written as OpenSSL writes it; nothing else is thrown. */
function outcome(der: Uint8Array): string {
  try {
    const csr = decodeCsr(toPem('CERTIFICATE REQUEST', der));
    verifyCsr(csr, { caKeySha256: [] });
    checkRequestedExtensions(csr, PROFILES.agent);
    const key = createPublicKey({ key: Buffer.from(csr.publicKey), format: 'der', type: 'spki' });
    expect(key.export({ format: 'der', type: 'spki' }).equals(csr.publicKey)).toBe(true);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

/** Tags, lengths and the first contents of every element, its last octets, and every 16th octet of long contents. */
function places(octets: Uint8Array): readonly number[] {
  const starts = elementStarts(octets);
  const near = (at: number) => starts.some((start) => at - start >= -2 && at - start < 8);
  return [...octets.keys()].filter((at) => near(at) || at % 16 === 0 || at >= octets.length - 2);
}

/** Octets with their lowest and their highest bit turned, one inserted before them, and without them; one behind all. */
function* mutants(octets: Uint8Array): Generator<Buffer> {
  for (const at of places(octets)) {
    const octet = octets[at] ?? 0;
    const [before, after] = [octets.subarray(0, at), octets.subarray(at + 1)];
    yield Buffer.concat([before, Uint8Array.of(octet ^ 1), after]);
    yield Buffer.concat([before, Uint8Array.of(octet ^ 0x80), after]);
    yield Buffer.concat([before, Uint8Array.of(0, octet), after]);
    yield Buffer.concat([before, after]);
  }
  yield Buffer.concat([octets, Uint8Array.of(0)]);
}

/** A request for a key of these bits, signed by the key that they are made from. */
function requestFor(identifier: Uint8Array, bits: Uint8Array, key: KeyObject): Uint8Array {
  const spki = sequence(identifier, bitString(bits));
  return signRequest(sequence(VERSION, nameOf('web-01'), spki, contextConstructed(0)), key);
}

/** The AlgorithmIdentifier of a SubjectPublicKeyInfo; all of ours are shorter than 128 octets. */
function identifierOf(publicKey: Uint8Array): Uint8Array {
  const start = (publicKey[1] ?? 0) < 0x80 ? 2 : 2 + ((publicKey[1] ?? 0) & 0x7f);
  return publicKey.subarray(start, start + 2 + (publicKey[start + 1] ?? 0));
}

const KINDS: readonly KeyKind[] = ['rsa', 'p256', 'p384', 'p521', 'ed25519'];

describe.each(KINDS.map((kind) => ({ kind })))('$kind', ({ kind }) => {
  const made = makeCsr({ privateKey: makeKey(kind), commonName: 'web-01', dnsNames: ['web-01.example.com'] });

  test('a request with an octet changed, inserted or deleted is refused', () => {
    const outcomes = new Set([...mutants(made.der)].map(outcome));
    expect(CODES).toEqual(expect.arrayContaining([...outcomes]));
  });

  test('a key with an octet changed, inserted or deleted is refused', () => {
    const identifier = identifierOf(made.publicKey);
    const bits = publicKeyBits(made.publicKey);
    expect(outcome(requestFor(identifier, bits, made.privateKey))).toBe('accepted');
    const outcomes = [...mutants(bits)].map((mutant) =>
      outcome(requestFor(identifier, mutant, made.privateKey)),
    );
    expect(CODES).toEqual(expect.arrayContaining([...new Set(outcomes)]));
  });

  test('an identifier of the key with an octet changed, inserted or deleted is refused', () => {
    const identifier = identifierOf(made.publicKey);
    const bits = publicKeyBits(made.publicKey);
    const outcomes = [...mutants(identifier)].map((mutant) =>
      outcome(requestFor(mutant, bits, made.privateKey)),
    );
    expect(CODES).toEqual(expect.arrayContaining([...new Set(outcomes)]));
  });
});
