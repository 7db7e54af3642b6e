import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dnsNameProblem, parseDnsName } from '../../../../shared/domain/dns-name.ts';
import { parseIpAddress } from '../../../../shared/domain/ip-address.ts';
import { PROFILE_NAMES } from '../../../../shared/domain/profile.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { hostProblem } from '../../../../shared/elastic/deployment/host.ts';
import { namesToAsk } from '../../../../shared/elastic/deployment/server-names.ts';
import { brokenRules } from '../../../../shared/elastic/deployment-rules.ts';
import { ON_PREMISES } from '../rendering.ts';

const FORM =
  'must have a host name of letters, digits, "-" and ".", an IPv4 address, or an IPv6 address in brackets';

/** Hosts that an enrollment could not ask for, each with what a message says of it. */
const REFUSED: readonly (readonly [host: string, words: string])[] = [
  ['fleet_server', `${FORM}, not "fleet_server", which contains "_"`],
  ['_fleet.example.com', `${FORM}, not "_fleet.example.com", which contains "_"`],
  ['*.example.com', `${FORM}, not "*.example.com", which contains "*"`],
  ['fleet.example.com.', `${FORM}, not "fleet.example.com.", which ends in a dot`],
  ['fleet..example.com', `${FORM}, not "fleet..example.com", which has an empty label`],
  ['-fleet.example.com', `${FORM}, not "-fleet.example.com", which has "-" at the start or end of a label`],
  ['fleet-.example.com', `${FORM}, not "fleet-.example.com", which has "-" at the start or end of a label`],
  ['256.1.1.1', `${FORM}, not "256.1.1.1", which ends in a number, as only an IP address does`],
  [`${'a'.repeat(64)}.example.com`, 'which has a label longer than 63 characters'],
  [`${'a.'.repeat(127)}a`, 'which is longer than 253 characters'],
  [
    '[::ffff:192.0.2.1]',
    'must not have an IPv4-mapped IPv6 address, which certificates do not contain: write the IPv4 address',
  ],
  ['[fe80::1%25eth0]', FORM],
  // To URL, whatever ends in a number is an IPv4 address, also where the number is hexadecimal.
  ['fleet.0x1', `${FORM}, not "fleet.0x1"`],
];

describe('the host of an address', () => {
  test.each(REFUSED)('%j is refused: it %s', (host, words) => {
    expect(hostProblem(host)).toContain(words);
  });

  test.each([
    'fleet',
    'Fleet.Example.com',
    'a-b.c',
    '192.0.2.7',
    '[2001:DB8::1]',
    'fleet.1e9',
    'xn--bcher-kva.example',
  ])('%j is accepted', (host) => {
    expect(hostProblem(host)).toBeUndefined();
  });

  test('is accepted only where a certificate could contain it', () => {
    const part = fc.constantFrom(
      'a',
      'B',
      '_',
      '-',
      '.',
      '1',
      '255',
      '0x1',
      'xn--',
      '*',
      ':',
      '[',
      ']',
      '%',
      'ffff',
      '::',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const host = parts.join('');
        if (hostProblem(host) !== undefined) return;
        const read = parseDnsName(host) ?? parseIpAddress(host.replace(/^\[(.*)\]$/, '$1'));
        expect([host, read === undefined]).toEqual([host, false]);
      }),
      { numRuns: 5000 },
    );
  });
});

/** Every field that holds the host of a server, in a deployment that reads it. */
const FIELDS: Readonly<Record<string, (host: string) => Deployment>> = {
  '/fleetUrl': (host) => ({ ...ON_PREMISES, fleetUrl: `https://${host}:8220` }),
  '/agent/proxy/url': (host) => ({ ...ON_PREMISES, agent: { proxy: { url: `http://${host}:3128` } } }),
  '/fleetServer/elasticsearchUrl': (host) => ({
    ...ON_PREMISES,
    fleetServer: { elasticsearchUrl: `https://${host}:9200` },
  }),
  '/fleetServer/bindHost': (host) => ({
    ...ON_PREMISES,
    fleetServer: { bindHost: host, elasticsearchUrl: 'https://es:9200' },
  }),
  '/outputs/0/hosts/0': (host) => ({
    ...ON_PREMISES,
    outputs: [{ type: 'elasticsearch', name: 'Main', hosts: [`https://${host}:9200`] }],
  }),
  '/outputs/1/hosts/0': (host) => ({
    ...ON_PREMISES,
    outputs: [
      { type: 'kafka', name: 'K' },
      { type: 'logstash', name: 'L', hosts: [`${host}:5044`] },
    ],
  }),
  '/outputs/2/hosts/0': (host) => ({
    ...ON_PREMISES,
    outputs: [{ type: 'logstash' }, { type: 'logstash' }, { type: 'kafka', hosts: [`${host}:9093`] }],
  }),
  '/outputs/0/remote/kibanaUrl': (host) => ({
    ...ON_PREMISES,
    outputs: [{ type: 'remote_elasticsearch', name: 'R', remote: { kibanaUrl: `https://${host}:5601` } }],
  }),
  '/proxy/fleetUrl': (host) => ({
    model: 'cloud-proxy',
    os: 'linux',
    proxy: { fleetUrl: `https://${host}` },
  }),
  '/proxy/elasticsearchUrl': (host) => ({
    model: 'cloud-proxy',
    os: 'linux',
    proxy: { elasticsearchUrl: `https://${host}` },
  }),
};

describe.each(Object.entries(FIELDS))('%s', (field, deployment) => {
  const said = (host: string) =>
    PROFILE_NAMES.flatMap((profile) => brokenRules(deployment(host), { profile, keyKind: 'rsa' }))
      .filter(
        ({ pointer, detail }) => pointer === `#/deployment${field}` && !detail.includes('does not apply'),
      )
      .map(({ detail }) => detail);

  test('takes only hosts that a certificate may contain', () => {
    for (const host of ['fleet_server', 'fleet.example.com.', '[::ffff:192.0.2.1]'])
      expect([host, said(host).length > 0]).toEqual([host, true]);
    expect(said('fleet.example.com')).toEqual([]);
  });

  test('names the character', () => {
    if (field !== '/fleetServer/bindHost') expect(said('fleet_server')[0]).toContain('which contains "_"');
  });
});

test('what a kit says to ask for is what an enrollment takes', () => {
  expect(namesToAsk(['https://Fleet.Example.com:8220'])).toBe(
    'fleet.example.com in dnsNames (and in names.dns of the token)',
  );
  expect(dnsNameProblem('fleet.example.com')).toBeUndefined();
});

test('nobody is asked to add a name that no certificate can contain', () => {
  const deployment = {
    ...ON_PREMISES,
    fleetUrl: 'https://fleet_server:8220',
    fleetServer: { elasticsearchUrl: 'https://es:9200' },
  };
  const errors = brokenRules(deployment, { profile: 'fleet-server', keyKind: 'rsa', dnsNames: [] });
  expect(errors.map(({ pointer }) => pointer)).toEqual(['#/deployment/fleetUrl']);
});
