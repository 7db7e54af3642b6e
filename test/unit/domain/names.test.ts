import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { COMMON_NAME_RULE, parseCommonName } from '../../../shared/domain/common-name.ts';
import { DNS_NAME_RULE, dnsNameProblem, parseDnsName } from '../../../shared/domain/dns-name.ts';
import { spiffeId } from '../../../shared/domain/identity.ts';
import { PROFILE_NAMES } from '../../../shared/domain/profile.ts';
import { parseTrustDomain, TRUST_DOMAIN_RULE } from '../../../shared/domain/trust-domain.ts';
import { commonName, trustDomain } from './support.ts';

describe('common names', () => {
  test.each(['a', 'web-01', 'Web_01.example.com', '-', '...', 'x'.repeat(64), '192.0.2.1'])(
    'may be %j',
    (text) => {
      expect(parseCommonName(text)).toBe(text.toLowerCase());
    },
  );

  test.each([
    { name: 'empty', text: '' },
    { name: 'of 65 characters', text: 'x'.repeat(65) },
    { name: 'with a blank', text: 'web 01' },
    { name: 'with a slash', text: 'web/01' },
    { name: 'with a colon, which no SPIFFE ID has', text: 'web:01' },
    { name: 'with a comma, which separates agent flags', text: 'a,b' },
    { name: 'with a star', text: 'web-*' },
    { name: 'with an umlaut', text: 'wéb' },
    { name: 'with a Kelvin sign', text: '\u212Aibana' },
    { name: 'with a line break at its end', text: 'web-01\n' },
    { name: 'with a null octet', text: 'web\0' },
    { name: 'a dot, which vanishes from a path', text: '.' },
    { name: 'two dots, which climb a path', text: '..' },
  ])('may not be $name', ({ text }) => {
    expect(parseCommonName(text)).toBeUndefined();
  });

  test('are in lower case, which reading again keeps, and survive a URL path unchanged', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/).filter((name) => name !== '.' && name !== '..');
    fc.assert(
      fc.property(text, (given) => {
        const name = commonName(given);
        expect(name).toMatch(/^[a-z0-9._-]+$/);
        expect([parseCommonName(name), parseCommonName(given.toUpperCase())]).toEqual([name, name]);
        expect(new URL(`https://localhost/v1/names/${name}`).pathname).toBe(`/v1/names/${name}`);
      }),
    );
  });

  test('have a rule in words that names all that is allowed', () => {
    expect(COMMON_NAME_RULE).toBe('1 to 64 letters, digits, ".", "_" or "-", not "." or ".." alone');
  });
});

describe('DNS names', () => {
  test.each([
    { text: 'localhost', name: 'localhost' },
    { text: 'Web-01.Example.COM', name: 'web-01.example.com' },
    { text: 'xn--bcher-kva.example', name: 'xn--bcher-kva.example' },
    { text: '1.2.3.4.example', name: '1.2.3.4.example' },
    { text: `${'a'.repeat(63)}.example`, name: `${'a'.repeat(63)}.example` },
    {
      text: 'elastic-operator-metrics.elastic-system.svc',
      name: 'elastic-operator-metrics.elastic-system.svc',
    },
  ])('are read from $text', ({ text, name }) => {
    expect(parseDnsName(text)).toBe(name);
  });

  test.each([
    { name: 'nothing', text: '' },
    { name: 'a wildcard', text: '*.example.com' },
    { name: 'an underscore', text: 'a_b.example.com' },
    { name: 'a trailing dot', text: 'example.com.' },
    { name: 'a leading dot', text: '.example.com' },
    { name: 'an empty label', text: 'a..b' },
    { name: 'a label that begins with a hyphen', text: '-a.example' },
    { name: 'a label that ends with a hyphen', text: 'a-.example' },
    { name: 'a label of 64', text: `${'a'.repeat(64)}.example` },
    { name: '254 characters', text: `${'a.'.repeat(126)}aa` },
    { name: 'an IPv4 address', text: '192.0.2.1' },
    { name: 'digits as the last label, read as an address by verifiers', text: 'web.1' },
    { name: 'an IPv6 address', text: '2001:db8::1' },
    { name: 'a port', text: 'example.com:8220' },
    { name: 'an umlaut', text: 'bücher.example' },
    { name: 'a Kelvin sign, whose lower case is k', text: '\u212Aibana.example' },
    { name: 'a line break', text: 'example.com\n' },
  ])('are not read from $name', ({ text }) => {
    expect(parseDnsName(text)).toBeUndefined();
  });

  test('of 253 characters are the longest', () => {
    expect(parseDnsName(`${'a.'.repeat(126)}a`)).toHaveLength(253);
  });

  test('are lower-case ASCII whatever the input, and reading them again changes nothing', () => {
    const near = fc.stringMatching(/^[A-Za-z0-9.-]{1,20}$/);
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'grapheme' })), (text) => {
        const name = parseDnsName(text);
        if (name === undefined) return;
        expect(name).toMatch(/^[a-z0-9.-]+$/);
        expect(name).toBe(text.toLowerCase());
        expect(parseDnsName(name)).toBe(name);
      }),
    );
  });

  test('have a problem exactly where they are not read', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.stringMatching(/^[aB1._*-]{0,12}$/), fc.string({ unit: 'grapheme' })),
        (text) => {
          expect(dnsNameProblem(text) === undefined).toBe(parseDnsName(text) !== undefined);
        },
      ),
    );
  });

  test('have a rule in words', () => {
    expect(DNS_NAME_RULE).toContain('with no wildcard or trailing dot');
  });
});

describe('trust domains', () => {
  test.each(['fleet', 'a', '1a', 'prod_eu-1.example.com', '-', '1.a', 'a'.repeat(255)])(
    'may be %j',
    (text) => {
      expect(parseTrustDomain(text)).toBe(text);
    },
  );

  test.each([
    { name: 'empty', text: '' },
    { name: 'of 256 characters', text: 'a'.repeat(256) },
    { name: 'in upper case', text: 'Fleet' },
    { name: 'an IPv4 address, which Go refuses', text: '192.0.2.1' },
    { name: 'all digits', text: '123' },
    { name: 'with digits as the last part', text: 'fleet.1' },
    { name: 'with an empty part', text: 'a..b' },
    { name: 'with a leading dot', text: '.a' },
    { name: 'with a trailing dot, which Go refuses', text: 'a.' },
    { name: 'with a port', text: 'a:1' },
    { name: 'with a user', text: 'u@a' },
    { name: 'with a path', text: 'a/b' },
    { name: 'percent-encoded', text: 'a%2eb' },
    { name: 'with an umlaut', text: 'bücher' },
    { name: 'with a line break', text: 'a\n' },
  ])('may not be $name', ({ text }) => {
    expect(parseTrustDomain(text)).toBeUndefined();
  });

  test('have a rule in words', () => {
    expect(TRUST_DOMAIN_RULE).toContain('1 to 255 lower-case letters, digits, "-", "_" and single dots');
  });
});

describe('identities', () => {
  test('are SPIFFE IDs of trust domain, profile and name', () => {
    const identity = {
      trustDomain: trustDomain('prod.example.com'),
      profile: 'fleet-server',
      name: commonName('fs-1'),
    } as const;
    expect(spiffeId(identity)).toBe('spiffe://prod.example.com/fleet-server/fs-1');
  });

  test('are URLs with host and path as they are, within the 2,048 characters of SPIFFE-ID section 2.3', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9._-]{1,255}$/).filter((text) => parseTrustDomain(text) !== undefined),
        fc.constantFrom(...PROFILE_NAMES),
        fc.stringMatching(/^[a-z0-9._-]{1,64}$/).filter((text) => parseCommonName(text) !== undefined),
        (domain, profile, name) => {
          const id = spiffeId({ trustDomain: trustDomain(domain), profile, name: commonName(name) });
          expect(id.length).toBeLessThanOrEqual(343);
          expect(new URL(id)).toMatchObject({ host: domain, pathname: `/${profile}/${name}`, href: id });
        },
      ),
    );
  });

  test('differ where any part differs', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,3}$/);
    const identity = fc.record({
      trustDomain: part.filter((text) => parseTrustDomain(text) !== undefined).map(trustDomain),
      profile: fc.constantFrom('agent' as const, 'proxy' as const),
      name: part.map(commonName),
    });
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        expect(spiffeId(a) === spiffeId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
