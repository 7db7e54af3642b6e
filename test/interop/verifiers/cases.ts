import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import { PROFILE_NAMES, PROFILES, type Profile } from '../../../shared/domain/profile.ts';
import { makeKey } from '../../support/csr.ts';
import { type AuthorityOptions, type HostRequest, startAuthority, type TestAuthority } from '../authority.ts';
import type { Case } from './case.ts';
import { forgedCases } from './forged-cases.ts';
import { type Rollover, rolloverCases } from './rollover-cases.ts';
import { type Trial, trialsOf } from './trials.ts';

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

/** Roots that follow another: of the other kind of key, and with constraints that the older issuers lacked. */
const ROLLOVERS: Readonly<Record<string, Rollover>> = {
  'rolled over, RSA to ECC': { older: RSA, newer: { ...ECC, rootYears: 25 } },
  'rolled over, ECC to RSA': { older: ECC, newer: { ...RSA, rootYears: 25 } },
  'rolled over, DNS and IP permitted': {
    older: RSA,
    newer: { ...AUTHORITIES['DNS and IP permitted'], rootYears: 25 },
  },
};

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

/** Issues certificates of every profile and kind of key by every authority, and writes all into `directory`. */
export async function makeCases(directory: string): Promise<readonly Case[]> {
  const keys = Object.entries(KEYS).map(([name, make]) => ({ name, key: make() }));
  const cases: Case[] = [];
  for (const [name, options] of Object.entries<AuthorityOptions>(AUTHORITIES)) {
    const into = join(directory, name.replaceAll(/\W+/g, '-'));
    mkdirSync(into);
    const authority = await startAuthority(options);
    const above = writtenAbove(authority, into);
    for (const { name: key, key: hostKey } of keys)
      for (const profile of PROFILE_NAMES.map((profileName) => PROFILES[profileName])) {
        const names = namesOf(profile, key, options);
        const leaf = join(into, `${profile.name}-${key}.der`);
        writeFileSync(leaf, await authority.enroll(profile, { ...names, key: hostKey }));
        const certificate = { authority: name, subject: profile.name, key };
        cases.push(
          ...trialsOf(profile, names).map((trial) => ({ ...certificate, ...files(trial, leaf, above) })),
        );
      }
    const forged = await forgedCases(authority, options.nameConstraints, into);
    cases.push(...forged.map(({ leaf, ...trial }) => ({ authority: name, ...files(trial, leaf, above) })));
  }
  for (const [name, rollover] of Object.entries(ROLLOVERS))
    cases.push(...(await rolloverCases(name, rollover, join(directory, name.replaceAll(/\W+/g, '-')))));
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

/** Every kind of name that a certificate of the profile may hold below the constraints. */
function namesOf(
  profile: Profile,
  key: string,
  { nameConstraints }: AuthorityOptions,
): Omit<HostRequest, 'key'> {
  const name = `${profile.name}-${key}.example.com`.toLowerCase();
  const noAddress = profile.ip === 'never' || nameConstraints?.permittedIp.length === 0;
  return {
    name,
    dnsNames: profile.dns === 'never' ? [] : [name, `also-${name}`],
    ipAddresses: noAddress ? [] : ['192.0.2.7', '2001:db8::7'],
  };
}

/** The trial with the files of its chain. */
function files<Described extends Trial>(
  { whole, ...trial }: Described,
  leaf: string,
  { root, issuer }: Above,
): Omit<Described, 'whole'> & Pick<Case, 'root' | 'chain'> {
  return { ...trial, root, chain: whole ? [leaf, issuer] : [leaf] };
}
