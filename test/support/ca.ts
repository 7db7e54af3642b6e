import { constants, createPublicKey, generateKeyPairSync, type KeyObject, privateEncrypt } from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import type { CaCertificate } from '../../shared/pki/certificate.ts';
import { issue } from '../../shared/pki/issue.ts';
import { type NameConstraints, prepareIssuer } from '../../shared/pki/prepare-issuer.ts';
import { prepareRoot } from '../../shared/pki/prepare-root.ts';

/** A CA key in this process, which signs digests as KMS does. */
export interface CaKey {
  readonly keySpec: CaKeySpec;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  sign(digest: Uint8Array): Promise<{ readonly signature: Uint8Array }>;
}

/** DigestInfo of SHA-256 up to the digest (RFC 8017 section 9.2 note 1). */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

export function makeCaKey(keySpec: CaKeySpec): CaKey {
  const { privateKey } = generate(keySpec);
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    keySpec,
    publicKey,
    sign: async (digest) => ({ signature: signDigest(keySpec, privateKey, digest) }),
  };
}

function generate(keySpec: CaKeySpec) {
  if (keySpec === 'RSA_3072') return generateKeyPairSync('rsa', { modulusLength: 3072 });
  if (keySpec === 'RSA_4096') return generateKeyPairSync('rsa', { modulusLength: 4096 });
  return generateKeyPairSync('ec', { namedCurve: keySpec === 'ECC_NIST_P256' ? 'P-256' : 'P-384' });
}

function signDigest(keySpec: CaKeySpec, key: KeyObject, digest: Uint8Array): Uint8Array {
  if (keySpec.startsWith('RSA')) {
    const padding = constants.RSA_PKCS1_PADDING;
    return privateEncrypt({ key, padding }, Buffer.concat([SHA256_PREFIX, digest]));
  }
  // node:crypto hashes by itself and takes no ECDSA digest.
  const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  const curve = keySpec === 'ECC_NIST_P256' ? p256 : p384;
  return curve.sign(digest, secret, { prehash: false, format: 'der' });
}

/** 2026-11-23T12:00:00Z: the time of these tests. */
export const NOW: Instant = instant(1_795_435_200);

export const YEAR = 31_536_000;

/** A serial number that starts with `01` and ends with `text`, hex. */
export function serial(text: string): SerialNumber {
  return `01${text.padStart(34, '0')}` as SerialNumber;
}

export interface MadeAuthority {
  readonly root: CaCertificate & { readonly key: CaKey };
  readonly issuer: CaCertificate & { readonly key: CaKey };
}

/** A root of 20 years and an issuer of 5. */
export async function makeAuthority(
  rootSpec: CaKeySpec,
  issuerSpec: CaKeySpec,
  nameConstraints?: NameConstraints,
): Promise<MadeAuthority> {
  const rootKey = makeCaKey(rootSpec);
  const issuerKey = makeCaKey(issuerSpec);
  const validity = (years: number) => ({
    notBefore: instant(NOW - 3600),
    notAfter: instant(NOW + years * YEAR),
  });
  const preparedRoot = prepareRoot({
    authority: 'prod',
    rootId: 'root-1',
    serialNumber: serial('a1'),
    validity: validity(30),
    publicKey: rootKey.publicKey,
    keySpec: rootSpec,
  });
  const root = { ...(await issue(preparedRoot, rootKey.sign)), keySpec: rootSpec, key: rootKey };
  const preparedIssuer = prepareIssuer({
    authority: 'prod',
    issuerId: 'issuer-1',
    serialNumber: serial('b1'),
    validity: validity(5),
    publicKey: issuerKey.publicKey,
    root,
    ...(nameConstraints && { nameConstraints }),
  });
  const issuer = { ...(await issue(preparedIssuer, rootKey.sign)), keySpec: issuerSpec, key: issuerKey };
  return { root, issuer };
}
