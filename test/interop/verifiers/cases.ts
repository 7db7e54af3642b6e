import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY } from '../../../shared/domain/duration.ts';
import type { Cidr } from '../../../shared/domain/ip-address.ts';
import { PROFILE_NAMES, PROFILES, type Profile } from '../../../shared/domain/profile.ts';
import { makeKey } from '../../support/csr.ts';
import { type AuthorityOptions, startAuthority, type TestAuthority } from '../authority.ts';

/** A certificate, and a peer that verifies it. */
export interface Case {
  /** Of the authority, for example `only DNS permitted`. */
  readonly authority: AuthorityName;
  readonly profile: Profile['name'];
  readonly key: KeyName;
  /** What is right or wrong, for example `another name`. */
  readonly trial: string;
  readonly expected: 'accept' | 'refuse';
  readonly purpose: 'server' | 'client';
  /** What the peer expects; undefined where it expects no name. */
  readonly name: string | undefined;
  /** Seconds since 1970. */
  readonly at: number;
  /** Paths of DER files. */
  readonly root: string;
  readonly chain: readonly string[];
}

const RSA = { root: 'RSA_4096', issuer: 'RSA_3072', rootYears: 20 } as const;
const ECC = { root: 'ECC_NIST_P384', issuer: 'ECC_NIST_P256', rootYears: 20 } as const;
const PERMITTED_DNS = ['example.com'];
const PERMITTED_IP = ['192.0.2.0/24', '2001:db8::/32'] as Cidr[];

/** Every way to constrain an authority; both kinds of CA keys without constraints. */
const AUTHORITIES = {
  'RSA, unconstrained': RSA,
  'ECC, unconstrained': ECC,
  'only DNS permitted': { ...RSA, nameConstraints: { permittedDns: PERMITTED_DNS, permittedIp: [] } },
  'only IP permitted': { ...ECC, nameConstraints: { permittedDns: [], permittedIp: PERMITTED_IP } },
  'DNS and IP permitted': {
    ...ECC,
    nameConstraints: { permittedDns: PERMITTED_DNS, permittedIp: PERMITTED_IP },
  },
} as const satisfies Readonly<Record<string, AuthorityOptions>>;

export type AuthorityName = keyof typeof AUTHORITIES;

/** Every kind of key that a host may have, made once: they take seconds. */
const KEYS = {
  'RSA-2048': () => makeKey('rsa', 2048),
  'RSA-3072': () => makeKey('rsa', 3072),
  'RSA-4096': () => makeKey('rsa', 4096),
  'P-256': () => makeKey('p256'),
  'P-384': () => makeKey('p384'),
  'P-521': () => makeKey('p521'),
  Ed25519: () => makeKey('ed25519'),
} as const;

export type KeyName = keyof typeof KEYS;

/** Issues a certificate of every profile and kind of key by every authority, and writes all into `directory`. */
export async function makeCases(directory: string): Promise<readonly Case[]> {
  const keys = Object.entries(KEYS).map(([name, make]) => ({ name: name as KeyName, key: make() }));
  const cases: Case[] = [];
  for (const [name, options] of Object.entries(AUTHORITIES)) {
    const into = join(directory, name.replaceAll(/\W+/g, '-'));
    mkdirSync(into);
    const authority = await startAuthority(options);
    const above = writtenAbove(authority, into);
    for (const profile of PROFILE_NAMES.map((profileName) => PROFILES[profileName]))
      for (const { name: keyName, key } of keys) {
        const names = namesOf(profile, keyName, 'nameConstraints' in options ? options : undefined);
        const leaf = join(into, `${profile.name}-${keyName}.der`);
        writeFileSync(leaf, await authority.enroll(profile, { ...names, key }));
        const certificate = { authority: name as AuthorityName, profile: profile.name, key: keyName };
        cases.push(
          ...trialsOf(profile, names).map((trial) => ({ ...certificate, ...files(trial, leaf, above) })),
        );
      }
  }
  return cases;
}

interface Above {
  readonly root: string;
  readonly issuer: string;
}

function writtenAbove({ root, issuer }: TestAuthority, directory: string): Above {
  const above = { root: join(directory, 'root.der'), issuer: join(directory, 'issuer.der') };
  writeFileSync(above.root, root);
  writeFileSync(above.issuer, issuer);
  return above;
}

interface Names {
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Every kind of name that a certificate of the profile may hold below the constraints. */
function namesOf(
  profile: Profile,
  key: KeyName,
  constrained: { readonly nameConstraints: { readonly permittedIp: readonly string[] } } | undefined,
): Names {
  const name = `${profile.name}-${key}.example.com`.toLowerCase();
  const noAddress = profile.ip === 'never' || constrained?.nameConstraints.permittedIp.length === 0;
  return {
    name,
    dnsNames: profile.dns === 'never' ? [] : [name, `also-${name}`],
    ipAddresses: noAddress ? [] : ['192.0.2.7', '2001:db8::7'],
  };
}

/** A certificate is presented: what the peer expects of it, when, and whether all of the chain is sent. */
type Trial = Pick<Case, 'trial' | 'expected' | 'purpose' | 'name' | 'at'> & { readonly whole: boolean };

function trialsOf(profile: Profile, { dnsNames, ipAddresses }: Names): readonly Trial[] {
  const now = Math.floor(Date.now() / 1000);
  const serves = profile.extendedKeyUsage.includes('serverAuth');
  const [dns] = dnsNames;
  const own = serves
    ? ({ purpose: 'server', name: dns } as const)
    : ({ purpose: 'client', name: undefined } as const);
  const right = { ...own, at: now, whole: true, expected: 'accept' } as const;
  const wrong = { ...right, expected: 'refuse' } as const;
  return [
    { ...right, trial: `right as ${own.purpose}` },
    ...(serves ? serverTrials(right, wrong, ipAddresses) : []),
    ...usageTrials(profile, right, wrong),
    { ...wrong, trial: 'expired', at: now + profile.lifetime.max + DAY },
    { ...wrong, trial: 'not valid yet', at: now - EARLY },
    { ...wrong, trial: 'issuer missing', whole: false },
  ];
}

/** NSS takes a certificate up to 24 hours before its time (PENDING_SLOP in its certdb.c); ours start 5 minutes back. */
const EARLY = 2 * DAY;

type Base = Omit<Trial, 'trial'>;

function serverTrials(right: Base, wrong: Base, ipAddresses: readonly string[]): readonly Trial[] {
  return [
    ...ipAddresses.map((name) => ({ ...right, trial: `right by ${name}`, name })),
    { ...wrong, trial: 'another name', name: 'other.example.com' },
    { ...wrong, trial: 'another address', name: '192.0.2.8' },
  ];
}

/** As what else it may serve, and as what it may not. */
function usageTrials({ extendedKeyUsage }: Profile, right: Base, wrong: Base): readonly Trial[] {
  if (extendedKeyUsage.length > 1)
    return [{ ...right, trial: 'right as client', purpose: 'client', name: undefined }];
  const purpose = right.purpose === 'server' ? 'client' : 'server';
  return [{ ...wrong, trial: `as ${purpose}`, purpose, name: undefined }];
}

function files({ whole, ...trial }: Trial, leaf: string, { root, issuer }: Above) {
  return { ...trial, root, chain: whole ? [leaf, issuer] : [leaf] };
}
