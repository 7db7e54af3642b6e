import { expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { createVerifier } from '../../simulation/verifier.ts';
import { NOW } from '../../support/ca.ts';
import { makeKey } from '../../support/csr.ts';
import { type Party, tinyCertificate } from '../../support/tiny-certificate.ts';

/* Two roots, the second also certified by the first, and a chain below the second; each with a validity of its own. */

const party = (name: string): Party => ({ name, key: makeKey('p256') });
const [root1, root2, issuer, leaf] = [party('root 1'), party('root 2'), party('issuer'), party('leaf')];
const day = (count: number) => plus(NOW, count * DAY);
const days = (from: number, to: number) => [day(from), day(to)] as const;

const CERTIFICATES = {
  'root-1': tinyCertificate(root1, root1, days(0, 100), true),
  'root-2': tinyCertificate(root2, root2, days(10, 300), true),
  cross: tinyCertificate(root2, root1, days(10, 90), true),
  issuer: tinyCertificate(issuer, root2, days(10, 250), true),
  leaf: tinyCertificate(leaf, issuer, days(20, 120), false),
  'below a leaf': tinyCertificate(party('below'), leaf, days(20, 120), false),
  'of another key': tinyCertificate(issuer, { ...root2, key: makeKey('p256') }, days(10, 250), true),
};
type Name = keyof typeof CERTIFICATES;

test.each<{ name: string; chain: readonly Name[]; bundle: readonly Name[]; until: readonly number[] }>([
  { name: 'the root', chain: ['leaf', 'issuer'], bundle: ['root-2'], until: [120] },
  { name: 'the other root', chain: ['leaf', 'issuer'], bundle: ['root-1'], until: [] },
  {
    name: 'the other root, by a cross-certificate',
    chain: ['leaf', 'issuer', 'cross'],
    bundle: ['root-1'],
    until: [90],
  },
  { name: 'both roots', chain: ['leaf', 'issuer', 'cross'], bundle: ['root-1', 'root-2'], until: [120, 90] },
  { name: 'the root, without its issuer', chain: ['leaf'], bundle: ['root-2'], until: [] },
  { name: 'an empty bundle', chain: ['leaf', 'issuer'], bundle: [], until: [] },
  {
    name: 'a root below which a leaf issued',
    chain: ['below a leaf', 'leaf', 'issuer'],
    bundle: ['root-2'],
    until: [],
  },
  { name: 'a root that did not sign', chain: ['leaf', 'of another key'], bundle: ['root-2'], until: [] },
])('a chain against $name', ({ chain, bundle, until }) => {
  const pem = (names: readonly Name[]) => names.map((name) => CERTIFICATES[name]).join('');
  const expected = until.map((last) => ({ from: day(20), to: day(last) + 1 }));
  expect(createVerifier().validity(pem(chain), pem(bundle))).toEqual(expected);
});
