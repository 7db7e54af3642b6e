import { describe, expect, test } from '@jest/globals';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import type { NamePattern } from '../../../shared/domain/name-pattern.ts';
import { checkAllowed, readNames } from '../../../shared/issuance/check-names.ts';
import { sampleToken } from '../../support/records.ts';

const names = (changes: Partial<Parameters<typeof readNames>[0]> = {}) =>
  readNames({ name: 'fleet-1', dnsNames: [], ipAddresses: [], ...changes });

const token = (profile: Parameters<typeof sampleToken>[0]) =>
  sampleToken({
    names: {
      commonName: 'fleet-*' as NamePattern,
      dns: ['*.example.com' as NamePattern],
      ip: ['203.0.113.0/24' as Cidr],
    },
    ...profile,
  });

describe('names of a request', () => {
  test('are read in canonical form', () => {
    const read = names({ dnsNames: ['A.example.com'], ipAddresses: ['2001:DB8::0:1'] });
    expect(read).toEqual({ name: 'fleet-1', dnsNames: ['a.example.com'], ipAddresses: ['2001:db8::1'] });
  });

  test.each([
    { name: 'an empty name', body: { name: '' }, pointer: '#/name', words: '1 to 64 letters' },
    { name: 'a name with a slash', body: { name: 'a/b' }, pointer: '#/name', words: '1 to 64 letters' },
    {
      name: 'a wildcard',
      body: { dnsNames: ['ok.example.com', '*.example.com'] },
      pointer: '#/dnsNames/1',
      words: 'with no wildcard or trailing dot; this one contains "*".',
    },
    {
      name: 'an address as DNS name',
      body: { dnsNames: ['10.0.0.1'] },
      pointer: '#/dnsNames/0',
      words:
        'host name of letters, digits and hyphens, with no wildcard or trailing dot; this one ends in a number',
    },
    {
      name: 'an address with a zone',
      body: { ipAddresses: ['fe80::1%eth0'] },
      pointer: '#/ipAddresses/0',
      words: 'with no zone',
    },
    {
      name: 'an IPv4-mapped address',
      body: { ipAddresses: ['::ffff:10.0.0.1'] },
      pointer: '#/ipAddresses/0',
      words: 'not IPv4-mapped',
    },
    {
      name: 'a network',
      body: { ipAddresses: ['10.0.0.0/8'] },
      pointer: '#/ipAddresses/0',
      words: 'IPv4 or IPv6',
    },
    {
      name: 'too many',
      body: { dnsNames: Array.from({ length: 51 }, (_, i) => `h${i}.example.com`) },
      pointer: '#/dnsNames',
      words: 'at most 50',
    },
  ])('$name is refused', ({ body, pointer, words }) => {
    expect(() => names(body)).toThrow(
      expect.objectContaining({
        code: 'malformed_request',
        errors: [expect.objectContaining({ pointer, detail: expect.stringContaining(words) })],
      }),
    );
  });
});

describe('what a token allows', () => {
  test.each([
    {
      name: 'fitting names',
      profile: 'fleet-server',
      body: { dnsNames: ['f.example.com'], ipAddresses: ['203.0.113.9'] },
    },
    { name: 'none but the name', profile: 'agent', body: {} },
    { name: 'a DNS name of an agent', profile: 'agent', body: { dnsNames: ['f.example.com'] } },
  ] as const)('$name', ({ profile, body }) => {
    expect(() => checkAllowed(token({ profile }), names(body as never))).not.toThrow();
  });

  test.each([
    {
      name: 'a foreign name',
      profile: 'agent',
      body: { name: 'web-1' },
      pointer: '#/name',
      words: 'of the form "fleet-*"',
    },
    {
      name: 'a deeper DNS name',
      profile: 'agent',
      body: { dnsNames: ['a.b.example.com'] },
      pointer: '#/dnsNames/0',
      words: 'the DNS names *.example.com, not "a.b.example.com"',
    },
    {
      name: 'a foreign DNS name behind one that is asked for twice',
      profile: 'agent',
      body: { dnsNames: ['a.example.com', 'A.example.com', 'b.example.org'] },
      pointer: '#/dnsNames/2',
      words: 'not "b.example.org"',
    },
    {
      name: 'a foreign address',
      profile: 'proxy',
      body: { ipAddresses: ['198.51.100.1'] },
      pointer: '#/ipAddresses/0',
      words: '203.0.113.0/24',
    },
    {
      name: 'an address of an agent',
      profile: 'agent',
      body: { ipAddresses: ['203.0.113.1'] },
      pointer: '#/ipAddresses/0',
      words: 'contain no IP addresses',
    },
    {
      name: 'a DNS name of an output client',
      profile: 'output-client',
      body: { dnsNames: ['f.example.com'] },
      pointer: '#/dnsNames/0',
      words: 'contain no DNS names',
    },
    {
      name: 'a server without a name',
      profile: 'output-server',
      body: {},
      pointer: '#/dnsNames',
      words: 'need a DNS name or an IP address',
    },
    {
      name: 'a metrics endpoint without a DNS name',
      profile: 'eck-metrics',
      body: {},
      pointer: '#/dnsNames',
      words: 'at least one DNS name',
    },
  ] as const)('is not $name', ({ profile, body, pointer, words }) => {
    expect(() => checkAllowed(token({ profile }), names(body as never))).toThrow(
      expect.objectContaining({
        code: /contain no|need|at least/.test(words) ? 'name_outside_profile' : 'name_not_allowed',
        errors: [expect.objectContaining({ pointer, detail: expect.stringContaining(words) })],
      }),
    );
  });
});
