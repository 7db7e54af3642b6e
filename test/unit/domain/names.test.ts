import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { COMMON_NAME_RULE, parseCommonName } from '../../../shared/domain/common-name.ts';
import { DNS_NAME_RULE, parseDnsName } from '../../../shared/domain/dns-name.ts';
import { identityUrn } from '../../../shared/domain/identity.ts';
import { commonName } from './support.ts';

describe('common names', () => {
  test.each(['a', 'web-01', 'Web_01.example.com', '-', '...', 'x'.repeat(64), '192.0.2.1'])(
    'may be %j',
    (text) => {
      expect(parseCommonName(text)).toBe(text);
    },
  );

  test.each([
    { name: 'empty', text: '' },
    { name: 'of 65 characters', text: 'x'.repeat(65) },
    { name: 'with a blank', text: 'web 01' },
    { name: 'with a slash', text: 'web/01' },
    { name: 'with a colon, which separates the parts of the URN', text: 'web:01' },
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

  test('keep their case, and survive a URL path unchanged', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/).filter((name) => name !== '.' && name !== '..');
    fc.assert(
      fc.property(text, (name) => {
        expect(parseCommonName(name)).toBe(name);
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

  test('have a rule in words', () => {
    expect(DNS_NAME_RULE).toContain('without wildcard or trailing dot');
  });
});

describe('identities', () => {
  test('are URNs of authority, profile and name', () => {
    const identity = { authority: 'prod', profile: 'fleet-server', name: commonName('fs-1') } as const;
    expect(identityUrn(identity)).toBe('urn:fleetseal:prod:fleet-server:fs-1');
  });

  test('differ where any part differs', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,3}$/);
    const identity = fc.record({
      authority: part,
      profile: fc.constantFrom('agent' as const, 'proxy' as const),
      name: part.map(commonName),
    });
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        expect(identityUrn(a) === identityUrn(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
