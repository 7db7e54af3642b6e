import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PROFILE_NAMES } from '../../../shared/domain/profile.ts';
import type { Deployment } from '../../../shared/elastic/deployment.ts';
import { brokenRules } from '../../../shared/elastic/deployment-rules.ts';
import { isUrl } from '../../../shared/elastic/url.ts';

const SCHEMES = ['https:', 'http:', 'socks5:'];

/** Texts that parsers of URLs read differently, or mend in silence. */
const REFUSED = [
  'https://@h',
  'https://:@h',
  'https://:pw@h',
  'https://user:@h',
  'https://a@b@h',
  'https:h',
  'https:/h',
  'https:///h',
  'https:////h',
  'https:\\\\h',
  'https://h\\x',
  'https://h:',
  'https://h:08220',
  'https://h:0',
  'https://h:65536',
  'https://0x7f.1',
  'https://127.1',
  'https://2130706433',
  'https://[::g]',
  'https://[fe80::1%25eth0]',
  'https://%68',
  'https://h/a/../b',
  'https://h/./b',
  'https://h/%2e%2e/b',
  'https://h?',
  'https://h#',
  'https://h/a?b',
  'https://$(NODE_NAME):8220',
  'https://`id`',
  "https://a'b",
  'https://a;b',
  'https://a..b',
  'https://.',
  'https://-a',
  ' https://h',
  'https://h\n',
  'https://h\t.example.com',
  'https://höst',
  '//h',
  'h:8220',
  'https://',
  'ftp://h',
  '',
];

const ACCEPTED = [
  'https://fleet.example.com:8220',
  'https://Fleet.Example.com:8220',
  'HTTPS://fleet.example.com',
  'https://fleet.example.com:443',
  'https://fleet.example.com/',
  'https://fleet.example.com/a/b%20c/',
  'https://fleet_1',
  'https://fleet.example.com.:8220',
  'https://192.0.2.7:9200',
  'https://[2001:db8::1]:9200',
  'https://[2001:0db8:0:0:0:0:0:1]:9200',
  'http://kibana:5601/s/ops',
  'socks5://proxy:1080',
];

describe('the rule of addresses', () => {
  test.each(REFUSED)('%j is refused', (text) => {
    expect([isUrl(text, SCHEMES), isUrl(text, SCHEMES, true)]).toEqual([false, false]);
  });

  test.each(ACCEPTED)('%j is accepted', (text) => {
    expect(isUrl(text, SCHEMES)).toBe(true);
  });

  test.each(['http://user@proxy:3128', 'http://user:p%40ss@proxy:3128', 'socks5://user:pw@proxy'])(
    '%j is accepted where a login is',
    (text) => {
      expect([isUrl(text, SCHEMES), isUrl(text, SCHEMES, true)]).toEqual([false, true]);
    },
  );

  test('an accepted address is what its parsed form says, but for case, the usual port and the slash', () => {
    const part = fc.constantFrom(
      'https',
      'http',
      ':',
      '/',
      '//',
      '@',
      'h',
      'a.b',
      '.',
      '1',
      '[::1]',
      '\\',
      '%2e',
      '?',
      '443',
      '0',
      '-',
      '$(A)',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
        const text = parts.join('');
        if (!isUrl(text, SCHEMES, true)) return;
        const { href, port, protocol } = new URL(text);
        const usual = { 'https:': ':443', 'http:': ':80' }[protocol] ?? '';
        const said = port === '' ? text.replace(new RegExp(`^([^/]*//[^/]*)${usual}(?=/|$)`), '$1') : text;
        expect([href, href.replace(/\/$/, '')]).toContain(said.toLowerCase());
      }),
      { numRuns: 5000 },
    );
  });
});

/** Every field that holds an address, in a deployment that reads it. */
const FIELDS: Readonly<Record<string, (url: string) => Deployment>> = {
  '/fleetUrl': (fleetUrl) => ({ model: 'on-premises', os: 'linux', fleetUrl }),
  '/agent/proxy/url': (url) => ({ model: 'on-premises', os: 'linux', agent: { proxy: { url } } }),
  '/fleetServer/elasticsearchUrl': (elasticsearchUrl) => ({
    model: 'on-premises',
    os: 'linux',
    fleetServer: { elasticsearchUrl },
  }),
  '/outputs/0/hosts/0': (host) => ({
    model: 'on-premises',
    os: 'linux',
    outputs: [{ type: 'elasticsearch', name: 'main', hosts: [host] }],
  }),
  '/outputs/0/remote/kibanaUrl': (kibanaUrl) => ({
    model: 'on-premises',
    os: 'linux',
    outputs: [
      { type: 'remote_elasticsearch', name: 'main', hosts: ['https://es:9200'], remote: { kibanaUrl } },
    ],
  }),
  '/proxy/fleetUrl': (fleetUrl) => ({ model: 'cloud-proxy', os: 'linux', proxy: { fleetUrl } }),
  '/proxy/elasticsearchUrl': (elasticsearchUrl) => ({
    model: 'cloud-proxy',
    os: 'linux',
    proxy: { elasticsearchUrl },
  }),
  '/proxy/upstream/fleetUrl': (fleetUrl) => ({
    model: 'cloud-proxy',
    os: 'linux',
    proxy: { upstream: { fleetUrl } },
  }),
  '/proxy/upstream/elasticsearchUrl': (elasticsearchUrl) => ({
    model: 'cloud-proxy',
    os: 'linux',
    proxy: { upstream: { elasticsearchUrl } },
  }),
};

describe.each(Object.entries(FIELDS))('the address in %s', (field, deployment) => {
  const said = (url: string) =>
    PROFILE_NAMES.flatMap((profile) => brokenRules(deployment(url), { profile, keyKind: 'rsa' })).filter(
      ({ pointer, detail }) => pointer === `#/deployment${field}` && detail.includes(' must be '),
    );

  test('is checked by the rule', () => {
    for (const url of REFUSED) expect([url, said(url).length > 0]).toEqual([url, true]);
  });

  test('has an accepted form', () => {
    expect(said('https://fleet.example.com:8220')).toEqual([]);
  });
});
