import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PROFILE_NAMES } from '../../../../shared/domain/profile.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { urlProblem } from '../../../../shared/elastic/deployment/url.ts';
import { brokenRules } from '../../../../shared/elastic/deployment-rules.ts';

const SCHEMES = ['https:', 'http:', 'socks5:'];

const SCHEME = 'must start with https:// or http:// or socks5://';
const HOST =
  'must have a host name of letters, digits, "-" and ".", an IPv4 address, or an IPv6 address in brackets';
const host = (text: string, problem: string) => `${HOST}, not ${JSON.stringify(text)}, which ${problem}`;
const NO_HOST = 'must have a host name or IP address right after "//"';
const LOGIN =
  'must have its login as user@ or user:password@, neither of them empty, with special characters percent-encoded: correct the login, or remove it with its "@"';
const PORT = 'must have a port from 1 to 65535 without leading zeros after the ":", or neither';
const ASCII =
  'must be printable ASCII without spaces: write an international host name as xn--..., and percent-encode other characters';
const QUERY = 'must not have a query or fragment: remove everything from "?" or "#" on';
const NO_USER = 'must not contain a user or password: remove everything between "//" and the host';
const path = (read: string) => `must have a path without "." and "..": write ${read}`;
const ipv4 = (host: string, read: string) =>
  `must have its IPv4 address in the usual form, because programs read "${host}" differently: write ${read}`;
const forbidden = (character: string) => `must not contain ${character}: remove it, or percent-encode it`;

/** Texts that parsers of URLs read differently, or mend in silence, each with what is said where a login is allowed. */
const REFUSED: readonly (readonly [text: string, words: string])[] = [
  ['https://@h', LOGIN],
  ['https://:@h', LOGIN],
  ['https://:pw@h', LOGIN],
  ['https://user:@h', LOGIN],
  ['https://a@b@h', LOGIN],
  ['https://us;er@h', LOGIN],
  ['https:h', SCHEME],
  ['https:/h', SCHEME],
  ['https:///h', NO_HOST],
  ['https:////h', NO_HOST],
  ['https://', NO_HOST],
  ['https://:8220', NO_HOST],
  ['https://user@', NO_HOST],
  ['https:\\\\h', forbidden('\\')],
  ['https://h\\x', forbidden('\\')],
  ['https://{{HOST}}', forbidden('{')],
  ['https://h:', PORT],
  ['https://h:08220', PORT],
  ['https://h:0', PORT],
  ['https://h:65536', PORT],
  ['https://h:8220x', PORT],
  ['https://h:8220:9200', host('h:8220:9200', 'contains ":"')],
  ['https://0x7f.1', ipv4('0x7f.1', '127.0.0.1')],
  ['https://127.1', ipv4('127.1', '127.0.0.1')],
  ['https://2130706433', ipv4('2130706433', '127.0.0.1')],
  ['socks5://127.1', ipv4('127.1', '127.0.0.1')],
  ['https://256.1.1.1', host('256.1.1.1', 'ends in a number, as only an IP address does')],
  ['https://[::g]', HOST],
  ['https://[fe80::1%25eth0]', HOST],
  ['https://2001:db8::1', host('2001:db8::1', 'contains ":"')],
  ['https://%68', host('%68', 'contains "%"')],
  ['https://h/a/../b', path('/b')],
  ['https://h/./b', path('/b')],
  ['https://h/%2e%2e/b', path('/b')],
  ['https://h?', QUERY],
  ['https://h#', QUERY],
  ['https://h/a?b', QUERY],
  ['https://$(NODE_NAME):8220', host('$(NODE_NAME)', 'contains "$"')],
  ['https://`id`', forbidden('`')],
  ["https://a'b", host("a'b", 'contains "\'"')],
  ['https://a;b', host('a;b', 'contains ";"')],
  ['https://a..b', host('a..b', 'has an empty label')],
  ['https://.', host('.', 'ends in a dot')],
  ['https://-a', host('-a', 'has "-" at the start or end of a label')],
  [' https://h', ASCII],
  ['https://h\n', ASCII],
  ['https://h\t.example.com', ASCII],
  ['https://höst', ASCII],
  ['//h', SCHEME],
  ['h:8220', SCHEME],
  ['ftp://h', SCHEME],
  ['', SCHEME],
  [`https://${'h'.repeat(2041)}`, 'must not be longer than 2048 characters'],
];

const ACCEPTED = [
  'https://fleet.example.com:8220',
  'https://Fleet.Example.com:8220',
  'HTTPS://fleet.example.com',
  'https://fleet.example.com:443',
  'https://fleet.example.com/',
  'https://fleet.example.com/a/b%20c/',
  'https://fleet-1',
  'https://192.0.2.7:9200',
  'https://[2001:db8::1]:9200',
  'https://[2001:0db8:0:0:0:0:0:1]:9200',
  'http://kibana:5601/s/ops',
  'socks5://proxy:1080',
];

describe('the rule of addresses', () => {
  test.each(REFUSED)('%j is refused: it %s', (text, words) => {
    expect(urlProblem(text, SCHEMES, true)).toBe(words);
    const user = text.includes('@') ? NO_USER : words;
    expect(urlProblem(text, SCHEMES)).toBe(user);
  });

  test('the schemes are named, and why only https is one', () => {
    expect(urlProblem('http://h', ['https:'])).toBe('must start with https://, because TLS is required');
    expect(urlProblem('ftp://h', ['https:', 'http:'])).toBe('must start with https:// or http://');
  });

  test('no login is repeated', () => {
    const secrets = fc.constantFrom('s3cret', 's3cret:', ':s3cret', 'u:s3cret', 'u:s3cret:', "u:s3cret'");
    const hosts = fc.constantFrom('', 'h', '127.1', 'h:0', 'h/..', 'a..b', '[::g]');
    fc.assert(
      fc.property(secrets, hosts, fc.boolean(), (secret, host, allowUser) => {
        expect(urlProblem(`https://${secret}@${host}`, SCHEMES, allowUser) ?? '').not.toContain('s3cret');
      }),
    );
  });

  test.each(ACCEPTED)('%j is accepted', (text) => {
    expect(urlProblem(text, SCHEMES)).toBeUndefined();
  });

  test.each(['http://user@proxy:3128', 'http://user:p%40ss@proxy:3128', 'socks5://user:pw@proxy'])(
    '%j is accepted where a login is',
    (text) => {
      expect([urlProblem(text, SCHEMES), urlProblem(text, SCHEMES, true)]).toEqual([NO_USER, undefined]);
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
        if (urlProblem(text, SCHEMES, true) !== undefined) return;
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
      ({ pointer, detail }) =>
        pointer === `#/deployment${field}` && / must (?:not )?(?:be|have|start|contain) /.test(detail),
    );

  test('is checked by the rule', () => {
    for (const [url] of REFUSED) expect([url, said(url).length > 0]).toEqual([url, true]);
  });

  test('has an accepted form', () => {
    expect(said('https://fleet.example.com:8220')).toEqual([]);
  });
});
