import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY } from '../../../../shared/domain/duration.ts';
import { instant, plus } from '../../../../shared/domain/instant.ts';
import { type CaFacts, caFacts } from '../../../../shared/pki/ca-facts.ts';
import { issuerFacts } from '../../../../shared/pki/certificate.ts';
import { encodeList } from '../../../../shared/pki/crl/encode-list.ts';
import { LIST_RULES, lintList } from '../../../../shared/pki/crl/lint/lint-list.ts';
import type { ListContext } from '../../../../shared/pki/crl/lint/rule.ts';
import {
  contextConstructed,
  contextPrimitive,
  type Der,
  element,
  sequence,
  time,
} from '../../../../shared/pki/der/write.ts';
import { type MadeAuthority, makeAuthority, NOW } from '../../../support/ca.ts';
import { entry, entryPages, expectedOf, PLAN, SCOPE } from '../../../support/revocation-lists.ts';

/** The parts of a good TBSCertList of P-256, by hand; a vector changes some of them. */
interface Parts {
  readonly version: readonly Der[];
  readonly signature: Der;
  readonly issuer: Der;
  readonly updates: readonly Der[];
  readonly entries: readonly Der[];
  readonly extensions: Readonly<Record<string, Der>>;
  readonly rest: readonly Der[];
}

const hex = (text: string): Der => Uint8Array.from(Buffer.from(text, 'hex'));
const ECDSA_SHA_256 = hex('300a06082a8648ce3d040302');
const REASON = '300c300a0603551d1504030a01';
const SERIAL = `01${'00'.repeat(16)}`;
const entryDer = (last: string, reason = '', at = '170d3236313132333131353930305a') =>
  sequence(hex(`0212${SERIAL}${last}${at}${reason}`));
const extension = (oid: string, value: Der, critical = false) =>
  sequence(hex(`0603${oid}`), ...(critical ? [hex('0101ff')] : []), element(0x04, value));
const fullName = (url: string) =>
  contextConstructed(0, contextConstructed(0, contextPrimitive(6, Buffer.from(url))));
const idp = (...parts: readonly Der[]) => extension('551d1c', sequence(...parts), true);
const USER = hex('8101ff');

/** What the entries of the good list say. */
const RECORDED = [entry('c1'), entry('c2', { reason: 'keyCompromise' })];

let made: MadeAuthority;
let ca: CaFacts;
let GOOD: Parts;
let context: ListContext;
beforeAll(async () => {
  made = await makeAuthority('ECC_NIST_P384', 'ECC_NIST_P256');
  ca = caFacts(made.issuer);
  GOOD = {
    version: [hex('020101')],
    signature: ECDSA_SHA_256,
    issuer: ca.subject,
    updates: [time(PLAN.thisUpdate), time(PLAN.nextUpdate)],
    entries: [sequence(entryDer('c1'), entryDer('c2', `${REASON}01`))],
    extensions: {
      authorityKey: extension('551d23', hex(`30168014${Buffer.from(ca.keyIdentifier).toString('hex')}`)),
      number: extension('551d14', hex('020818ea9a9c16a58000')),
      point: idp(fullName(SCOPE.url), USER),
    },
    rest: [],
  };
  const number = 0x18ea9a9c16a58000n;
  context = { plan: { ...PLAN, number, scope: SCOPE }, ca, expected: expectedOf(RECORDED) };
});

function encode(change: Partial<Parts>): Der {
  const { version, signature, issuer, updates, entries, extensions, rest } = { ...GOOD, ...change };
  const all = Object.values(extensions);
  const wrapped = all.length === 0 ? [] : [contextConstructed(0, sequence(...all))];
  return sequence(...version, signature, issuer, ...updates, ...entries, ...wrapped, ...rest);
}

const withExtension = (change: Readonly<Record<string, Der>>): Partial<Parts> => ({
  extensions: { ...GOOD.extensions, ...change },
});

const withoutExtension = (left: string): Partial<Parts> => ({
  extensions: Object.fromEntries(Object.entries(GOOD.extensions).filter(([name]) => name !== left)),
});

const withEntries = (...entries: readonly Der[]): Partial<Parts> => ({ entries: [sequence(...entries)] });

interface Vector {
  readonly rule: string;
  readonly name: string;
  readonly change: () => Partial<Parts>;
  readonly words: string;
  /** @default - as the good one */
  readonly context?: () => Partial<ListContext>;
}

const VECTORS: readonly Vector[] = [
  { rule: 'version', name: 'version 1', change: () => ({ version: [] }), words: 'version is missing' },
  {
    rule: 'version',
    name: 'version 3',
    change: () => ({ version: [hex('020102')] }),
    words: 'version is 02',
  },
  {
    rule: 'signature_algorithm',
    name: 'ECDSA with SHA-384',
    change: () => ({ signature: hex('300a06082a8648ce3d040303') }),
    words: "does not fit the CA's key ECC_NIST_P256",
  },
  {
    rule: 'issuer_name',
    name: 'another CA',
    change: () => ({ issuer: caFacts(made.root).subject }),
    words: ' is not 30',
  },
  { rule: 'issuer_name', name: 'an empty issuer', change: () => ({ issuer: sequence() }), words: 'is empty' },
  {
    rule: 'updates',
    name: 'no nextUpdate',
    change: () => ({ updates: [time(PLAN.thisUpdate)] }),
    words: 'nextUpdate is missing',
  },
  {
    rule: 'updates',
    name: 'another thisUpdate',
    change: () => ({ updates: [time(plus(NOW, 1)), time(PLAN.nextUpdate)] }),
    words: `thisUpdate is ${NOW + 1} instead of ${NOW}`,
  },
  {
    rule: 'updates',
    name: 'GeneralizedTime before 2050',
    change: () => ({ updates: [element(0x18, Buffer.from('20261123120000Z')), time(PLAN.nextUpdate)] }),
    words: 'thisUpdate 20261123120000Z is in the wrong form for its year',
  },
  {
    rule: 'updates',
    name: 'a time without seconds',
    change: () => ({ updates: [element(0x17, Buffer.from('2611231200Z')), time(PLAN.nextUpdate)] }),
    words: 'thisUpdate 2611231200Z is not UTC with whole seconds',
  },
  {
    rule: 'updates',
    name: 'a day that its month does not have',
    change: () => ({ updates: [time(PLAN.thisUpdate), element(0x17, Buffer.from('270229120000Z'))] }),
    words: 'nextUpdate 270229120000Z is not UTC with whole seconds',
  },
  {
    rule: 'updates',
    name: 'no life',
    change: () => ({ updates: [time(NOW), time(NOW)] }),
    words: 'thisUpdate is not before nextUpdate',
    context: () => ({ plan: { ...context.plan, thisUpdate: NOW, nextUpdate: NOW } }),
  },
  {
    rule: 'revoked_certificates',
    name: 'an empty SEQUENCE',
    change: () => withEntries(),
    words: 'it is there and empty',
    context: () => ({ expected: expectedOf([]) }),
  },
  {
    rule: 'revoked_certificates',
    name: 'no entries where there are some',
    change: () => ({ entries: [] }),
    words: '2 entries are missing',
  },
  {
    rule: 'revoked_certificates',
    name: 'fewer entries',
    change: () => withEntries(entryDer('c1')),
    words: '1 entries instead of 2',
  },
  {
    rule: 'revoked_certificates',
    name: 'a descending order',
    change: () => withEntries(entryDer('c2'), entryDer('c1')),
    words: 'entry 1: its serial number is not greater',
    context: () => ({ expected: { count: 2, samples: new Map() } }),
  },
  {
    rule: 'revoked_certificates',
    name: 'a duplicate',
    change: () => withEntries(entryDer('c1'), entryDer('c1', `${REASON}01`)),
    words: 'entry 1: its serial number is not greater',
  },
  {
    rule: 'revoked_certificates',
    name: 'a negative serial number',
    change: () => withEntries(sequence(hex(`0212ff${'00'.repeat(17)}170d3236313132333131353930305a`))),
    words: 'entry 0: its serial number does not begin with 01 to 7f',
  },
  {
    rule: 'revoked_certificates',
    name: 'a short serial number',
    change: () => withEntries(sequence(hex('020105170d3236313132333131353930305a'))),
    words: 'entry 0: its serial number is not of 18 octets',
  },
  {
    rule: 'revoked_certificates',
    name: 'unspecified, spelt out',
    change: () => withEntries(entryDer('c1', `${REASON}00`)),
    words: 'entry 0: its reason 0 is not one of ours',
  },
  {
    rule: 'revoked_certificates',
    name: 'certificateHold',
    change: () => withEntries(entryDer('c1'), entryDer('c2', `${REASON}06`)),
    words: 'entry 1: its reason 6 is not one of ours',
  },
  {
    rule: 'revoked_certificates',
    name: 'a critical reason',
    change: () => withEntries(entryDer('c1', '300f300d0603551d150101ff04030a0101')),
    words: 'entry 0: its extensions are not exactly one reason',
  },
  {
    rule: 'revoked_certificates',
    name: 'a GeneralizedTime before 2050',
    change: () => withEntries(entryDer('c1', '', `180f${Buffer.from('20261123115900Z').toString('hex')}`)),
    words: 'entry 0: its time 20261123000000Z is in the wrong form for its year',
  },
  {
    rule: 'revoked_certificates',
    name: 'the hour 24',
    change: () => withEntries(entryDer('c1', '', `170d${Buffer.from('261123240000Z').toString('hex')}`)),
    words: 'entry 0: its time 261123240000Z is not UTC with whole seconds',
  },
  {
    rule: 'revoked_certificates',
    name: 'an entry that is cut off',
    change: () => ({ entries: [element(0x30, entryDer('c1'), hex('3021'))] }),
    words: 'entry 1: it is not a short SEQUENCE',
  },
  {
    rule: 'revoked_certificates',
    name: 'another serial number than recorded',
    change: () => withEntries(entryDer('c1'), entryDer('c3', `${REASON}01`)),
    words: `entry 1: it says ${SERIAL}c3, ${NOW - 60}, reason 1, which is not recorded`,
  },
  {
    rule: 'revoked_certificates',
    name: 'another time than recorded',
    change: () => withEntries(entryDer('c1', '', '170d3236313132333131353930315a')),
    words: `reason 0, which is not recorded`,
  },
  {
    rule: 'revoked_certificates',
    name: 'another reason than recorded',
    change: () => withEntries(entryDer('c1'), entryDer('c2', `${REASON}04`)),
    words: 'reason 4, which is not recorded',
  },
  {
    rule: 'known_extensions',
    name: 'an extension that no rule looks at',
    change: () => withExtension({ fresh: extension('551d2e', sequence()) }),
    words: '551d2e, not critical',
  },
  {
    rule: 'known_extensions',
    name: 'a number twice',
    change: () => withExtension({ again: GOOD.extensions['number'] ?? sequence() }),
    words: '551d14, not critical',
  },
  {
    rule: 'known_extensions',
    name: 'a critical number',
    change: () => withExtension({ number: extension('551d14', hex('020818ea9a9c16a58000'), true) }),
    words: '551d14, critical',
  },
  {
    rule: 'known_extensions',
    name: 'an issuing distribution point that is not critical',
    change: () => withExtension({ point: extension('551d1c', sequence(fullName(SCOPE.url), USER)) }),
    words: '551d1c, not critical',
  },
  {
    rule: 'authority_key_identifier',
    name: 'no key identifier',
    change: () => withoutExtension('authorityKey'),
    words: 'it is missing',
  },
  {
    rule: 'authority_key_identifier',
    name: 'that of another CA',
    change: () => withExtension({ authorityKey: extension('551d23', hex(`30168014${'00'.repeat(20)}`)) }),
    words: ' is not 30168014',
  },
  { rule: 'crl_number', name: 'no number', change: () => withoutExtension('number'), words: 'it is missing' },
  {
    rule: 'crl_number',
    name: 'a negative number',
    change: () => withExtension({ number: extension('551d14', hex('0201ff')) }),
    words: '0201ff is not positive',
  },
  {
    rule: 'crl_number',
    name: '21 octets',
    change: () => withExtension({ number: extension('551d14', hex(`021501${'00'.repeat(20)}`)) }),
    words: 'it has 21 octets',
  },
  {
    rule: 'crl_number',
    name: 'another number',
    change: () => withExtension({ number: extension('551d14', hex('020101')) }),
    words: '1 instead of 1795',
  },
  {
    rule: 'issuing_distribution_point',
    name: 'no issuing distribution point on the list of a shard',
    change: () => withoutExtension('point'),
    words: 'it is missing',
  },
  {
    rule: 'issuing_distribution_point',
    name: 'one on a full list',
    change: () => ({}),
    words: 'a full list must not have it',
    context: () => ({ plan: { ...context.plan, scope: undefined } }),
  },
  {
    rule: 'issuing_distribution_point',
    name: 'another shard',
    change: () => withExtension({ point: idp(fullName(SCOPE.url.replace('3.crl', '4.crl')), USER) }),
    words: ' is not 30',
  },
  {
    rule: 'issuing_distribution_point',
    name: 'CAs instead of leaves',
    change: () => withExtension({ point: idp(fullName(SCOPE.url), hex('8201ff')) }),
    words: ' is not 30',
  },
  {
    rule: 'issuing_distribution_point',
    name: 'no restriction',
    change: () => withExtension({ point: idp(fullName(SCOPE.url)) }),
    words: ' is not 30',
  },
  {
    rule: 'issuing_distribution_point',
    name: 'some reasons only',
    change: () => withExtension({ point: idp(fullName(SCOPE.url), USER, hex('83020640')) }),
    words: ' is not 30',
  },
  {
    rule: 'strict_der',
    name: 'a number that is not in its shortest form',
    change: () => withExtension({ number: extension('551d14', hex('020900018ea9a9c16a5800')) }),
    words: 'an INTEGER is not in its shortest form',
  },
  {
    rule: 'structure',
    name: 'octets behind the end',
    change: () => ({ rest: [hex('0500')] }),
    words: 'unknown fields follow',
  },
  {
    rule: 'structure',
    name: 'critical FALSE, spelt out',
    change: () =>
      withExtension({
        number: sequence(hex('0603551d14010100'), element(0x04, hex('020818ea9a9c16a58000'))),
      }),
    words: 'critical FALSE is a DEFAULT',
  },
];

describe('the lint of revocation lists', () => {
  test('finds nothing in a good list, by hand or by the writer', async () => {
    expect(lintList(encode({}), context)).toEqual([]);
    const { tbs } = await encodeList(context.plan, ca, [RECORDED]);
    expect(lintList(tbs, context)).toEqual([]);
  });

  test.each(VECTORS)('finds $rule: $name', ({ rule, change, words, context: other }) => {
    const found = lintList(encode(change()), { ...context, ...other?.() });
    expect(found.find((finding) => finding.startsWith(`${rule}: `))).toContain(words);
  });

  test('has a vector for every rule, and a citation', () => {
    const covered = new Set(VECTORS.map(({ rule }) => rule));
    expect(LIST_RULES.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
    expect(LIST_RULES.filter(({ citation }) => citation.length < 20)).toEqual([]);
  });

  test('never passes a list with a byte changed, cut off or added, and never throws', async () => {
    const plan = { ...context.plan, thisUpdate: instant(2_524_607_999), nextUpdate: instant(2_524_700_000) };
    const entries = [
      entry('c1', { revokedAt: plan.thisUpdate }),
      entry('c2', { revokedAt: plan.nextUpdate, reason: 'superseded' }),
    ];
    const { tbs } = await encodeList(plan, ca, [entries]);
    const meant = { plan, ca, expected: expectedOf(entries) };
    expect(lintList(tbs, meant)).toEqual([]);
    fc.assert(
      fc.property(fc.nat(tbs.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = Uint8Array.from(tbs);
        changed[at] = (tbs[at] ?? 0) ^ difference;
        expect(lintList(changed, meant)).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
    for (let length = 0; length < tbs.length; length++)
      expect(lintList(tbs.subarray(0, length), meant)).not.toEqual([]);
    expect(lintList(Buffer.concat([tbs, hex('00')]), meant)).not.toEqual([]);
  });

  test('reads 30,000 entries in one pass, to the last', async () => {
    const { tbs } = await encodeList(context.plan, ca, entryPages(30_000, plus(NOW, -DAY)));
    const meant = { ...context, expected: { count: 30_000, samples: new Map() } };
    expect(lintList(tbs, meant)).toEqual([]);
    const broken = Uint8Array.from(tbs);
    const last = Buffer.from(broken).lastIndexOf(Buffer.from(`${REASON}01`, 'hex'));
    broken[last + REASON.length / 2] = 8;
    expect(lintList(broken, meant)).toEqual([
      'revoked_certificates: entry 29999: its reason 8 is not one of ours',
    ]);
  });
});

describe('the facts of a CA', () => {
  test('are those that asn1js reads', () => {
    for (const one of [made.root, made.issuer]) {
      const { keySpec, subject, keyIdentifier, publicKey } = issuerFacts(one);
      const facts = caFacts(one);
      expect(facts.keySpec).toBe(keySpec);
      for (const [a, b] of [
        [facts.subject, subject],
        [facts.keyIdentifier, keyIdentifier],
        [facts.publicKey, publicKey],
      ] as const)
        expect(Buffer.from(a).equals(b)).toBe(true);
    }
  });

  test.each(['', '3000', '30023000', '3003020105'])('are not read from %j', (octets) => {
    expect(() => caFacts({ certificate: hex(octets), keySpec: 'RSA_3072' })).toThrow(TypeError);
  });
});
