import { constants, createPublicKey, type KeyObject, privateEncrypt, randomUUID } from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import type { SigningAttempt } from '../../shared/domain/certificate-record.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { SIGNATURE_ALGORITHMS } from '../../shared/domain/signature-algorithm.ts';
import { type CaSigner, type KeyStates, SigningError } from '../../shared/issuance/ports.ts';
import { makeKey } from '../support/csr.ts';

export interface FakeCaSigner extends CaSigner, KeyStates {
  /** Every attempt of every call, in order. */
  readonly attempts: readonly SigningAttempt[];
  /** Signatures made. */
  readonly signatures: number;
  /**
   * The next attempts fail with these names of AWS errors, one each; transient ones are retried within a call (3
   * attempts at most), the others end it.
   */
  failNext(...names: readonly string[]): void;
  /** Makes the next calls see a key that was enabled as disabled still, as KMS may. */
  delayEnabling(calls: number): void;
  /** A key whose deletion is scheduled can be neither enabled nor disabled. */
  scheduleDeletion(keyArn: string): void;
  /** Runs inside the next attempt, before it signs: what happens while KMS is busy. */
  interleave(action: () => unknown): void;
}

const ATTEMPTS = 3;
const TRANSIENT = new Set([
  'ThrottlingException',
  'KMSInternalException',
  'DependencyTimeoutException',
  'KeyUnavailableException',
  'TimeoutError',
]);

/**
 * CA keys in memory, real ones: signatures verify. `keys` maps ARN to key spec; keys are made at first use, since
 * making RSA keys takes long.
 */
export function fakeCaSigner(
  keys: Readonly<Record<string, CaKeySpec>>,
  clock: Clock = systemClock,
): FakeCaSigner {
  const pairs = new Map<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>();
  const pairOf = (arn: string) => {
    const spec = keys[arn];
    if (spec === undefined) throw named('NotFoundException', `no key ${arn}`);
    const pair = pairs.get(arn) ?? pairFor(spec);
    pairs.set(arn, pair);
    return pair;
  };
  const attempts: SigningAttempt[] = [];
  let failures: string[] = [];
  let action: (() => unknown) | undefined;
  let signatures = 0;
  const states = new Map<string, string>();
  const stateOf = (arn: string) => {
    if (keys[arn] === undefined) throw named('NotFoundException', `no key ${arn}`);
    return states.get(arn) ?? 'Enabled';
  };
  let delay = 0;
  let stale = 0;
  const checkEnabled = (arn: string) => {
    if (stateOf(arn) === 'PendingDeletion')
      throw named('KMSInvalidStateException', `${arn} is pending deletion.`);
    if (stateOf(arn) === 'Disabled' || stale-- > 0) throw named('DisabledException', `${arn} is disabled.`);
  };
  const change = async (arn: string, state: string) => {
    const refused = failing(() => {
      if (stateOf(arn) === 'PendingDeletion')
        throw named('KMSInvalidStateException', `${arn} is pending deletion.`);
    });
    if (refused !== undefined) throw asSigningError(refused);
    if (state === 'Enabled' && stateOf(arn) !== 'Enabled') stale = delay;
    states.set(arn, state);
  };
  const asSigningError = (error: Error) =>
    new SigningError(
      `KMS failed: ${error.name}`,
      [{ at: clock(), requestId: randomUUID(), outcome: error.name }],
      false,
      error,
    );

  const attempt = async (arn: string, spec: CaKeySpec, digest: Uint8Array): Promise<Uint8Array> => {
    await new Promise((resolve) => setImmediate(resolve));
    const interleaved = action;
    action = undefined;
    await interleaved?.();
    const failure = failures.shift();
    if (failure !== undefined) throw named(failure, `injected ${failure}`);
    checkEnabled(arn);
    if (keys[arn] !== undefined && keys[arn] !== spec)
      throw named('InvalidKeyUsageException', `${arn} is no ${spec}`);
    const signature = signDigest(pairOf(arn).privateKey, spec, digest);
    signatures += 1;
    return signature;
  };

  return {
    attempts,
    get signatures() {
      return signatures;
    },
    failNext: (...names) => {
      failures = [...names];
    },
    interleave: (next) => {
      action = next;
    },
    sign: async ({ keyArn, keySpec }, digest) => {
      const made: SigningAttempt[] = [];
      const note = (outcome: string) => {
        const entry = { at: clock(), requestId: randomUUID(), outcome };
        made.push(entry);
        attempts.push(entry);
      };
      for (;;) {
        try {
          const signature = await attempt(keyArn, keySpec, digest);
          note('ok');
          return { signature, attempts: made };
        } catch (error) {
          const name = error instanceof Error ? error.name : 'unknown';
          note(name);
          const retryable = TRANSIENT.has(name);
          if (!retryable || made.length >= ATTEMPTS)
            throw new SigningError(`signing with ${keyArn} failed: ${name}`, made, retryable, error);
        }
      }
    },
    publicKey: async (keyArn) => {
      const refused = failing(() => checkEnabled(keyArn));
      if (refused !== undefined) throw asSigningError(refused);
      return Uint8Array.from(pairOf(keyArn).publicKey.export({ type: 'spki', format: 'der' }));
    },
    stateOf: async (keyArn) => {
      const refused = failing(() => stateOf(keyArn));
      if (refused !== undefined) throw asSigningError(refused);
      return stateOf(keyArn);
    },
    enable: (keyArn) => change(keyArn, 'Enabled'),
    disable: (keyArn) => change(keyArn, 'Disabled'),
    delayEnabling: (calls) => {
      delay = calls;
    },
    scheduleDeletion: (keyArn) => void states.set(keyArn, 'PendingDeletion'),
  };
}

function pairFor(spec: CaKeySpec) {
  const privateKey = privateKeyFor(spec);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function privateKeyFor(spec: CaKeySpec): KeyObject {
  switch (spec) {
    case 'RSA_3072':
      return makeKey('rsa', 3072);
    case 'RSA_4096':
      return makeKey('rsa', 4096);
    case 'ECC_NIST_P256':
      return makeKey('p256');
    case 'ECC_NIST_P384':
      return makeKey('p384');
  }
}

/** DigestInfo of SHA-256 up to the digest (RFC 8017 section 9.2, note 1). */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** node:crypto hashes what it signs; over a bare digest, RSA goes by hand and ECDSA by @noble/curves. */
function signDigest(key: KeyObject, spec: CaKeySpec, digest: Uint8Array): Uint8Array {
  const { hash } = SIGNATURE_ALGORITHMS[spec];
  if (digest.length !== (hash === 'sha256' ? 32 : 48))
    throw named('ValidationException', `Digest is invalid length for ${hash}`);
  if (spec === 'RSA_3072' || spec === 'RSA_4096') {
    const padded = { key, padding: constants.RSA_PKCS1_PADDING };
    return Uint8Array.from(privateEncrypt(padded, Buffer.concat([SHA256_PREFIX, digest])));
  }
  const secret = Uint8Array.from(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const curve = spec === 'ECC_NIST_P256' ? p256 : p384;
  return curve.sign(Uint8Array.from(digest), secret, { prehash: false, lowS: false, format: 'der' });
}

function failing(act: () => void): Error | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
