import type { Cidr } from '../../shared/domain/ip-network.ts';
import { KEY_KINDS, type KeyKind } from '../../shared/domain/key-kind.ts';
import { PROFILE_NAMES, PROFILES, type Profile } from '../../shared/domain/profile.ts';
import { makeKey } from '../support/csr.ts';
import { type AuthorityOptions, crossCertificate, startAuthority } from './authority.ts';

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
interface Combination extends AuthorityOptions {
  readonly profiles: readonly Profile[];
  readonly keyKinds: readonly KeyKind[];
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
  yield* rolledOver();
}

async function* specimensOf(combination: Combination): AsyncGenerator<Specimen> {
  const authority = await startAuthority(combination);
  const { root, issuer } = combination;
  const remark = combination.remark === undefined ? '' : ` (${combination.remark})`;
  yield { name: `root ${root}${remark}`, certificate: authority.root, above: [], purposes: [] };
  const under = `${issuer} under ${root}${remark}`;
  yield { name: `issuer ${under}`, certificate: authority.issuer, above: [authority.root], purposes: [] };
  for (const profile of combination.profiles) {
    for (const keyKind of combination.keyKinds) {
      const host = `host-${keyKind}`;
      const certificate = await authority.enroll(profile, {
        name: host,
        key: makeKey(keyKind),
        dnsNames: profile.dns === 'never' ? [] : [`${host}.example.com`, `${host}-metrics.example.com`],
        ipAddresses: profile.ip === 'never' ? [] : ['192.0.2.7', '2001:db8::7'],
      });
      const name = `leaf ${profile.name} ${keyKind}, ${under}`;
      yield { name, certificate, above: [authority.issuer, authority.root], purposes: purposesOf(profile) };
    }
  }
}

/** A root that follows another: its cross-certificate, and a leaf whose chain leads through that. */
async function* rolledOver(): AsyncGenerator<Specimen> {
  const older = await startAuthority({ root: 'RSA_4096', issuer: 'RSA_3072', rootYears: 20 });
  const newer = await startAuthority({
    ...{ root: 'ECC_NIST_P384', issuer: 'ECC_NIST_P256', rootYears: 25 },
    rootId: 'root-2',
  });
  const certificate = await crossCertificate(older, newer);
  yield {
    name: 'cross-certificate ECC_NIST_P384 under RSA_4096',
    certificate,
    above: [older.root],
    purposes: [],
  };
  const profile = PROFILES.agent;
  const leaf = await newer.enroll(profile, {
    ...{ name: 'host-rolled-over', key: makeKey('p256'), dnsNames: [], ipAddresses: [] },
  });
  const above = [newer.issuer, certificate, older.root];
  yield {
    name: 'leaf agent p256 through a cross-certificate',
    certificate: leaf,
    above,
    purposes: purposesOf(profile),
  };
}

/** What TLS clients and servers will ask of the profile's certificates. */
export function purposesOf({ extendedKeyUsage }: Profile): Specimen['purposes'] {
  return extendedKeyUsage.map((usage) => (usage === 'serverAuth' ? 'sslserver' : 'sslclient'));
}
