import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blockKeyBody } from '../../../functions/block-key/request.ts';
import { createTokenBody } from '../../../functions/create-token/request.ts';
import { revokeTokenBody } from '../../../functions/revoke-certificates/request.ts';
import { parseCommonName } from '../../../shared/domain/common-name.ts';
import { parseDnsName } from '../../../shared/domain/dns-name.ts';
import { parseDuration } from '../../../shared/domain/duration.ts';
import { parseRfc3339 } from '../../../shared/domain/instant.ts';
import { parseIpAddress } from '../../../shared/domain/ip-address.ts';
import { parseCidr } from '../../../shared/domain/ip-network.ts';
import { newSerialNumber, parseSerialNumber, toDecimal } from '../../../shared/domain/serial-number.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { HEADER_NAME } from '../../../shared/elastic/deployment/fields/field.ts';
import * as formats from '../../../shared/http/contract/formats.ts';
import { additionalRootPath } from '../../../shared/http/contract/root.ts';
import { requireTokenId } from '../../../shared/http/contract/token-id.ts';
import type { Format } from '../../../shared/schema/format.ts';

const tokenReads = (names: object) =>
  createTokenBody.safeParse({ profile: 'agent', names: { commonName: 'x', ...names } }).success;

interface Row {
  readonly format: Format;
  readonly reads: (text: string) => boolean;
  /** Texts that it reads; most of what can be drawn at random it does not. */
  readonly good: fc.Arbitrary<string>;
  /** What the pattern takes and the rule does not, where a pattern can't say it. @default - nothing */
  readonly beyond?: string;
}

const letters = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
const serial = fc
  .uint8Array({ minLength: 18, maxLength: 18 })
  .map((octets) => newSerialNumber(() => Uint8Array.from(octets)));
// Without addresses that end in IPv4 notation: they may be IPv4-mapped, which is refused.
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((text) => !text.includes('.')),
);

const ROWS: Readonly<Record<string, Row>> = {
  CERTIFICATE_SHA256: {
    format: formats.CERTIFICATE_SHA256,
    reads: (id) => additionalRootPath.safeParse({ id }).success,
    good: fc
      .tuple(fc.stringMatching(/^([0-9A-Fa-f]{2}){32}$/), fc.constantFrom('', ':'))
      .map(([digits, colon]) => digits.replaceAll(/(..)(?=.)/g, `$1${colon}`)),
  },
  COMMON_NAME: {
    format: formats.COMMON_NAME,
    reads: (text) => parseCommonName(text) !== undefined,
    good: letters,
  },
  DNS_NAME: {
    format: formats.DNS_NAME,
    reads: (text) => parseDnsName(text) !== undefined,
    good: fc.domain(),
  },
  HEADER_NAME: {
    format: HEADER_NAME,
    reads: (name) => {
      const deployment = { model: 'on-premises', os: 'linux', fleetUrl: 'https://fleet.example.com:8220' };
      const asked = { ...deployment, agent: { headers: { [name]: 'x' } } };
      return checkDeployment(asked, { profile: 'agent', keyKind: 'rsa' }) !== undefined;
    },
    good: fc.constantFrom('x-tenant', 'X_Tenant.1'),
  },
  IP_ADDRESS: {
    format: formats.IP_ADDRESS,
    reads: (text) => parseIpAddress(text) !== undefined,
    good: address,
    beyond: 'text of hex digits, colons and dots that is not an address, and IPv4-mapped addresses',
  },
  NETWORK: {
    format: formats.NETWORK,
    reads: (text) => parseCidr(text) !== undefined,
    good: fc.oneof(address, fc.constant('203.0.113.0/24'), fc.constant('2001:db8::/48')),
    beyond: 'the same, host bits that are not zero, and prefixes longer than the address',
  },
  COMMON_NAME_PATTERN: {
    format: formats.COMMON_NAME_PATTERN,
    reads: (text) => tokenReads({ commonName: text }),
    good: letters.map((text) => `${text}*`),
  },
  DNS_NAME_PATTERN: {
    format: formats.DNS_NAME_PATTERN,
    reads: (text) => tokenReads({ dns: [text] }),
    good: fc.domain().map((text) => `*.${text}`),
  },
  DURATION: {
    format: formats.DURATION,
    reads: (text) => parseDuration(text) !== undefined,
    good: fc.constantFrom('PT24H', 'P30D', 'P4W', 'P1DT12H', 'PT1M30S', 'PT0S'),
  },
  TIME: {
    format: formats.TIME,
    reads: (text) => parseRfc3339(text) !== undefined,
    good: fc.constantFrom('2026-12-01T00:00:00Z', '2026-12-01t00:00:00.5z', '2026-12-01T00:00:00+23:59'),
    beyond: 'days that their month does not have',
  },
  SHA256: {
    format: formats.SHA256,
    reads: (text) =>
      createTokenBody.safeParse({ profile: 'agent', names: { commonName: 'x' }, bind: { csrSha256: text } })
        .success,
    good: fc.stringMatching(/^[0-9A-Fa-f]{64}$/),
  },
  SPKI_SHA256: {
    format: formats.SPKI_SHA256,
    reads: (text) => blockKeyBody.safeParse({ spkiSha256: text }).success,
    good: fc.stringMatching(/^[0-9A-Fa-f]{64}$/),
  },
  TOKEN_CURSOR: {
    format: formats.TOKEN_CURSOR,
    reads: (text) => revokeTokenBody.safeParse({ certificates: true, cursor: text }).success,
    good: fc.stringMatching(/^[0-9a-f]{64}$/),
  },
  SERIAL_NUMBER: {
    format: formats.SERIAL_NUMBER,
    reads: (text) => parseSerialNumber(text) !== undefined,
    good: fc.oneof(
      serial,
      serial.map((text) => text.toUpperCase()),
      serial.map((text) => text.replaceAll(/..(?!$)/g, '$&:')),
      serial.map(toDecimal),
    ),
    beyond: 'decimal numbers of 41 to 44 digits below or above the range',
  },
  TOKEN_ID: {
    format: formats.TOKEN_ID,
    reads: (text) => requireTokenId(text) === text,
    good: fc.stringMatching(/^[0-9A-Za-z]{16}$/),
  },
};

const matches = ({ pattern }: Format, text: string) => pattern?.test(text) ?? false;
const reads = (row: Row, text: string) => {
  try {
    return row.reads(text);
  } catch {
    return false;
  }
};

test('every format with a pattern is judged', () => {
  const patterned = Object.entries<Format>({ ...formats, HEADER_NAME }).filter(
    ([, { pattern }]) => pattern !== undefined,
  );
  expect(Object.keys(ROWS).sort()).toEqual(patterned.map(([name]) => name).sort());
});

describe.each(Object.entries(ROWS))('%s', (_name, row) => {
  test('a pattern without flags, which JSON Schema has not', () => {
    expect(row.format.pattern?.flags).toBe('');
  });

  test('whatever is read matches the pattern', () => {
    const text = fc.oneof(
      row.good,
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', '1', '.', '-', '*', ':') }),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        if (reads(row, candidate)) expect(matches(row.format, candidate)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('good texts are read', () => {
    fc.assert(fc.property(row.good, (text) => expect(reads(row, text)).toBe(true)));
  });

  const exact = row.beyond === undefined ? 'and nothing else does' : `and beyond that: ${row.beyond}`;
  test(exact, () => {
    const { pattern = /(?!)/ } = row.format;
    const drawn = fc.sample(
      fc.stringMatching(withoutLookaround(pattern)).filter((text) => pattern.test(text)),
      300,
    );
    const refused = drawn.filter((text) => !reads(row, text));
    if (row.beyond === undefined) expect(refused).toEqual([]);
    else expect(refused.length).toBeGreaterThan(0);
  });
});

/** fast-check draws no text for assertions that look ahead; what they would exclude is filtered out. */
function withoutLookaround({ source }: RegExp): RegExp {
  return new RegExp(source.replaceAll(/\(\?[=!](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g, ''));
}

test.each([
  { name: 'IP_ADDRESS', format: formats.IP_ADDRESS, text: '00' },
  { name: 'IP_ADDRESS', format: formats.IP_ADDRESS, text: '1.2.3' },
  { name: 'IP_ADDRESS', format: formats.IP_ADDRESS, text: '1.2.3.256' },
  { name: 'IP_ADDRESS', format: formats.IP_ADDRESS, text: '01.2.3.4' },
  { name: 'IP_ADDRESS', format: formats.IP_ADDRESS, text: 'fe80' },
  { name: 'NETWORK', format: formats.NETWORK, text: '00' },
  { name: 'NETWORK', format: formats.NETWORK, text: '203.0.113.0/33' },
  { name: 'NETWORK', format: formats.NETWORK, text: '2001:db8::/129' },
  { name: 'TIME', format: formats.TIME, text: '2016-12-31T23:59:60Z' },
  { name: 'TIME', format: formats.TIME, text: '2026-12-01T00:00:00+24:00' },
])('the pattern of $name refuses $text, as the rule does', ({ format, text }) => {
  expect(matches(format, text)).toBe(false);
});
