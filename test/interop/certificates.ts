import { createHash, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { formatToken, randomBase62, SECRET_LENGTH } from '../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus, systemClock } from '../../shared/domain/instant.ts';
import type { Cidr } from '../../shared/domain/ip-address.ts';
import { KEY_KINDS, type KeyKind } from '../../shared/domain/key-kind.ts';
import type { NamePattern } from '../../shared/domain/name-pattern.ts';
import { PROFILE_NAMES, PROFILES, type Profile } from '../../shared/domain/profile.ts';
import type { TrustDomain } from '../../shared/domain/trust-domain.ts';
import { type AuthorityPlan, createAuthority } from '../../shared/issuance/create-authority.ts';
import { enroll } from '../../shared/issuance/enroll.ts';
import { fakeCaSigner } from '../fakes/ca-signer.ts';
import { fakeStore } from '../fakes/store.ts';
import { makeCsr } from '../support/csr.ts';
import { sampleToken } from '../support/records.ts';

/** A certificate (DER) and all above it. */
export interface Specimen {
  /** For example `leaf agent p256 under RSA_3072`. */
  readonly name: string;
  readonly certificate: Uint8Array;
  /** From its issuer to the root; empty for a root. */
  readonly above: readonly Uint8Array[];
  readonly purposes: readonly ('sslclient' | 'sslserver')[];
}

/** An authority to make, and what to make under it. */
interface Combination {
  readonly root: CaKeySpec;
  readonly issuer: CaKeySpec;
  /** Years that the root lives. */
  readonly rootYears: number;
  readonly profiles: readonly Profile[];
  readonly keyKinds: readonly KeyKind[];
  readonly nameConstraints?: NonNullable<AuthorityPlan['nameConstraints']>;
  /** Said of the certificates besides their key kinds. */
  readonly remark?: string;
}

const ALL_PROFILES = PROFILE_NAMES.map((name) => PROFILES[name]);
const ONE_EACH = { profiles: [PROFILES['fleet-server']], keyKinds: ['rsa', 'p256'] } as const;

/** Every profile and key kind under an RSA and an ECC issuer; every CA key spec as root and as issuer. */
const COMBINATIONS: readonly Combination[] = [
  { root: 'RSA_4096', issuer: 'RSA_3072', rootYears: 20, profiles: ALL_PROFILES, keyKinds: KEY_KINDS },
  {
    root: 'ECC_NIST_P384',
    issuer: 'ECC_NIST_P256',
    rootYears: 20,
    profiles: ALL_PROFILES,
    keyKinds: KEY_KINDS,
  },
  { root: 'RSA_3072', issuer: 'RSA_4096', rootYears: 10, ...ONE_EACH },
  { root: 'ECC_NIST_P256', issuer: 'ECC_NIST_P384', rootYears: 10, ...ONE_EACH },
  { root: 'ECC_NIST_P384', issuer: 'RSA_3072', rootYears: 30, ...ONE_EACH, remark: 'root past 2050' },
  {
    root: 'RSA_4096',
    issuer: 'ECC_NIST_P384',
    rootYears: 20,
    ...ONE_EACH,
    nameConstraints: {
      permittedDns: ['example.com'],
      permittedIp: ['192.0.2.0/24' as Cidr, '2001:db8::/32' as Cidr],
    },
    remark: 'name constraints',
  },
];

/** Makes the certificates as the service does: through its use cases, with CA keys and records in memory. */
export async function* specimens(): AsyncGenerator<Specimen> {
  for (const combination of COMBINATIONS) yield* specimensOf(combination);
}

async function* specimensOf(combination: Combination): AsyncGenerator<Specimen> {
  const deps = dependencies(combination);
  const { root, issuer } = await createAuthority(deps, planOf(combination));
  const [rootDer, issuerDer] = [root.certificate, issuer.certificate];
  if (rootDer === undefined || issuerDer === undefined) throw new Error('the authority has no certificates');
  const remark = combination.remark === undefined ? '' : ` (${combination.remark})`;
  yield { name: `root ${root.keySpec}${remark}`, certificate: rootDer, above: [], purposes: [] };
  const under = `${issuer.keySpec} under ${root.keySpec}${remark}`;
  yield { name: `issuer ${under}`, certificate: issuerDer, above: [rootDer], purposes: [] };
  for (const profile of combination.profiles) {
    for (const keyKind of combination.keyKinds) {
      const certificate = await enrollOnce(deps, profile, keyKind);
      const name = `leaf ${profile.name} ${keyKind}, ${under}`;
      yield { name, certificate, above: [issuerDer, rootDer], purposes: purposesOf(profile) };
    }
  }
}

function planOf({ root, issuer, rootYears, nameConstraints }: Combination): AuthorityPlan {
  return {
    authority: 'interop',
    trustDomain: TRUST_DOMAIN,
    root: { id: 'root-1', keyArn: ROOT_KEY, keySpec: root, lifetime: rootYears * 365 * DAY },
    issuers: [{ id: 'issuer-1', keyArn: ISSUER_KEY, keySpec: issuer, lifetime: 5 * 365 * DAY }],
    ...(nameConstraints === undefined ? {} : { nameConstraints }),
  };
}

const TRUST_DOMAIN = 'interop' as TrustDomain;
const ROOT_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/root-1';
const ISSUER_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/issuer-1';

function dependencies({ root, issuer }: Combination) {
  return {
    trustDomain: TRUST_DOMAIN,
    store: fakeStore(),
    signer: fakeCaSigner({ [ROOT_KEY]: root, [ISSUER_KEY]: issuer }),
    clock: systemClock,
    random: (length: number) => Uint8Array.from(randomBytes(length)),
    pause: async () => void (await setImmediate()),
  };
}

/** A certificate with every kind of name that its profile may hold. */
async function enrollOnce(
  deps: ReturnType<typeof dependencies>,
  profile: Profile,
  keyKind: KeyKind,
): Promise<Uint8Array> {
  const name = `host-${keyKind}`;
  const secret = randomBase62(deps.random, SECRET_LENGTH);
  const token = sampleToken({
    profile: profile.name,
    secretSha256: createHash('sha256').update(secret).digest('hex'),
    names: {
      commonName: 'host-*' as NamePattern,
      dns: ['*.example.com' as NamePattern],
      ip: ['192.0.2.0/24' as Cidr, '2001:db8::/32' as Cidr],
    },
    certificateLifetime: profile.lifetime.default,
    expiresAt: plus(deps.clock(), DAY),
  });
  await deps.store.createToken(token);
  const { record } = await enroll(deps, {
    token: formatToken(token.id, secret),
    csr: makeCsr({ kind: keyKind, commonName: name }).pem,
    name,
    dnsNames: profile.dns === 'never' ? [] : [`${name}.example.com`, `${name}-metrics.example.com`],
    ipAddresses: profile.ip === 'never' ? [] : ['192.0.2.7', '2001:db8::7'],
    sourceIp: '198.51.100.7',
    requestId: randomBytes(8).toString('hex'),
    accept: () => ({ deployment: undefined }),
  });
  return record.certificate;
}

/** What TLS clients and servers will ask of the profile's certificates. */
export function purposesOf({ extendedKeyUsage }: Profile): Specimen['purposes'] {
  return extendedKeyUsage.map((usage) => (usage === 'serverAuth' ? 'sslserver' : 'sslclient'));
}
