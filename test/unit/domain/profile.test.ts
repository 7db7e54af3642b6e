import { describe, expect, test } from '@jest/globals';
import { sameNames } from '../../../shared/domain/certificate-record.ts';
import { parseDnsName } from '../../../shared/domain/dns-name.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { parseIpAddress } from '../../../shared/domain/ip-address.ts';
import { PROFILE_NAMES, PROFILES } from '../../../shared/domain/profile.ts';
import { SIGNATURE_ALGORITHMS } from '../../../shared/domain/signature-algorithm.ts';
import { commonName, known } from './support.ts';

describe('the table of profiles', () => {
  test.each([
    { profile: 'agent', usages: ['clientAuth'], uri: true, dns: 'token', ip: 'never' },
    { profile: 'fleet-server', usages: ['serverAuth', 'clientAuth'], uri: true, dns: 'token', ip: 'token' },
    { profile: 'output-client', usages: ['clientAuth'], uri: true, dns: 'never', ip: 'never' },
    { profile: 'output-server', usages: ['serverAuth'], uri: false, dns: 'token', ip: 'token' },
    { profile: 'proxy', usages: ['serverAuth', 'clientAuth'], uri: false, dns: 'token', ip: 'token' },
    { profile: 'eck-metrics', usages: ['serverAuth'], uri: false, dns: 'required', ip: 'never' },
  ] as const)('says what $profile holds', ({ profile, usages, uri, dns, ip }) => {
    expect(PROFILES[profile]).toMatchObject({ name: profile, extendedKeyUsage: usages, uri, dns, ip });
  });

  test('has rows that know their own name', () => {
    expect(PROFILE_NAMES.map((name) => PROFILES[name].name)).toEqual(PROFILE_NAMES);
  });

  test.each(PROFILE_NAMES)('gives %s a default life within its bounds, at most 397 days', (name) => {
    const { lifetimeSeconds: lifetime } = PROFILES[name];
    expect(lifetime.min).toBeLessThanOrEqual(lifetime.default);
    expect(lifetime.default).toBeLessThanOrEqual(lifetime.max);
    expect(lifetime.max).toBeLessThanOrEqual(397 * DAY);
  });

  test.each(PROFILE_NAMES)('lets %s say keyEncipherment only where it is a server', (name) => {
    const { keyEnciphermentForRsa, extendedKeyUsage } = PROFILES[name];
    expect(keyEnciphermentForRsa).toBe(extendedKeyUsage.includes('serverAuth'));
  });
});

describe('signature algorithms', () => {
  test.each(Object.entries(SIGNATURE_ALGORITHMS))('of %s hash what KMS expects', (_spec, algorithm) => {
    expect(algorithm.kms.toLowerCase().replaceAll('_', '')).toContain(algorithm.hash);
    expect(algorithm.nullParameters).toBe(algorithm.kms.startsWith('RSA'));
  });
});

describe('the names of two requests', () => {
  const dns = (...names: string[]) => names.map((name) => known(parseDnsName(name), name));
  const ip = (...addresses: string[]) => addresses.map((text) => known(parseIpAddress(text), text));
  const base = {
    name: commonName('web-01'),
    dnsNames: dns('a.example', 'b.example'),
    ipAddresses: ip('::1'),
  };

  test.each([
    { name: 'the same', other: base, same: true },
    { name: 'in another order', other: { ...base, dnsNames: dns('b.example', 'a.example') }, same: true },
    { name: 'with another common name', other: { ...base, name: commonName('web-02') }, same: false },
    { name: 'with a name less', other: { ...base, dnsNames: dns('a.example') }, same: false },
    { name: 'with an address more', other: { ...base, ipAddresses: ip('::1', '::2') }, same: false },
  ])('$name: equal is $same', ({ other, same }) => {
    expect(sameNames(base, other)).toBe(same);
  });
});
