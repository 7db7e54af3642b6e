import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROFILES } from '../../../shared/domain/profile.ts';
import { makeKey } from '../../support/csr.ts';
import { type AuthorityOptions, crossCertificate, startAuthority } from '../authority.ts';
import type { Case } from './case.ts';

/** A root, and the one that follows it. */
export interface Rollover {
  readonly older: AuthorityOptions;
  readonly newer: AuthorityOptions;
}

const KEYS = { 'RSA-2048': () => makeKey('rsa', 2048), 'P-256': () => makeKey('p256') } as const;

/** What peers are sent, leaf first, which root they trust, and whether they should accept. */
const TRIALS = [
  {
    trial: 'by the older root, with the cross-certificate',
    trusted: 'older',
    cross: true,
    expected: 'accept',
  },
  {
    trial: 'by the newer root, with the cross-certificate',
    trusted: 'newer',
    cross: true,
    expected: 'accept',
  },
  { trial: 'by the newer root, without it', trusted: 'newer', cross: false, expected: 'accept' },
  { trial: 'by the older root, without it', trusted: 'older', cross: false, expected: 'refuse' },
  { trial: 'by another root, with it', trusted: 'other', cross: true, expected: 'refuse' },
] as const;

/**
 * Certificates below the newer root of a rollover: verifiers that trust either root accept them, with the cross-certificate that
 * the older one made. Writes all into `directory`.
 */
export async function rolloverCases(
  name: string,
  { older: before, newer: after }: Rollover,
  directory: string,
): Promise<readonly Case[]> {
  mkdirSync(directory);
  const [older, newer, other] = await Promise.all([
    startAuthority(before),
    startAuthority({ ...after, rootId: 'root-2' }),
    startAuthority(before),
  ]);
  const file = (path: string, der: Uint8Array) => {
    writeFileSync(join(directory, path), der);
    return join(directory, path);
  };
  const cross = file('cross.der', await crossCertificate(older, newer));
  const issuer = file('issuer.der', newer.issuer);
  const roots = {
    older: file('older.der', older.root),
    newer: file('newer.der', newer.root),
    other: file('other.der', other.root),
  };
  const at = Math.floor(Date.now() / 1000);
  const cases: Case[] = [];
  for (const [key, make] of Object.entries(KEYS))
    for (const profile of [PROFILES['fleet-server'], PROFILES.agent]) {
      const host = `${profile.name}-${key}.example.com`.toLowerCase();
      const serves = profile.extendedKeyUsage.includes('serverAuth');
      const request = { name: host, key: make(), dnsNames: serves ? [host] : [], ipAddresses: [] };
      const leaf = file(`${profile.name}-${key}.der`, await newer.enroll(profile, request));
      const of = { authority: name, subject: profile.name, key, at, name: serves ? host : undefined };
      for (const { trial, trusted, cross: sent, expected } of TRIALS)
        cases.push({
          ...{ ...of, trial, expected, purpose: serves ? 'server' : 'client' },
          ...{ root: roots[trusted], chain: sent ? [leaf, issuer, cross] : [leaf, issuer] },
        });
    }
  return cases;
}
