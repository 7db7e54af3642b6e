import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import type { NameConstraints } from '../../shared/domain/name-constraints.ts';
import type { RevocationUrl } from '../../shared/domain/revocation-url.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import type { CaCertificate } from '../../shared/pki/certificate.ts';
import { issue } from '../../shared/pki/issue.ts';
import { prepareIssuer } from '../../shared/pki/prepare-issuer.ts';
import { prepareRoot } from '../../shared/pki/prepare-root.ts';
import { fakeCaSigner } from '../fakes/ca-signer.ts';

/** A CA key in this process, which signs digests as KMS does. */
export interface CaKey {
  readonly keySpec: CaKeySpec;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  sign(digest: Uint8Array): Promise<{ readonly signature: Uint8Array }>;
}

/** A new key, held by the fake of KMS. */
export async function makeCaKey(keySpec: CaKeySpec): Promise<CaKey> {
  const key = { keyArn: 'arn:test', keySpec };
  const signer = fakeCaSigner({ [key.keyArn]: keySpec });
  const publicKey = await signer.publicKey(key.keyArn);
  return { keySpec, publicKey, sign: (digest) => signer.sign(key, digest) };
}

/** 2026-11-23T12:00:00Z: the time of these tests. */
export const NOW: Instant = instant(1_795_435_200);

export const YEAR = 31_536_000;

/** A serial number that starts with `01` and ends with `text`, hex. */
export function serial(text: string): SerialNumber {
  return `01${text.padStart(34, '0')}` as SerialNumber;
}

/** Where revocation data of these certificates would be. */
export const REVOCATION_URL = 'http://revocation.example.com' as RevocationUrl;

export interface MadeCa extends CaCertificate {
  readonly id: string;
  readonly key: CaKey;
}

export interface MadeAuthority {
  readonly root: MadeCa;
  readonly issuer: MadeCa;
}

/** A root of 30 years, so past 2050, and an issuer of 5. */
export async function makeAuthority(
  rootSpec: CaKeySpec,
  issuerSpec: CaKeySpec,
  nameConstraints?: NameConstraints,
): Promise<MadeAuthority> {
  const rootKey = await makeCaKey(rootSpec);
  const issuerKey = await makeCaKey(issuerSpec);
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
  const root = {
    id: 'root-1',
    ...(await issue(preparedRoot, rootKey.sign)),
    keySpec: rootSpec,
    key: rootKey,
  };
  const preparedIssuer = prepareIssuer({
    authority: 'prod',
    issuerId: 'issuer-1',
    serialNumber: serial('b1'),
    validity: validity(5),
    publicKey: issuerKey.publicKey,
    root,
    revocationUrl: REVOCATION_URL,
    ...(nameConstraints && { nameConstraints }),
  });
  const issuer = {
    id: 'issuer-1',
    ...(await issue(preparedIssuer, rootKey.sign)),
    keySpec: issuerSpec,
    key: issuerKey,
  };
  return { root, issuer };
}
