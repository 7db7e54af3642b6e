import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { refusals } from '../agent/kits.ts';
import { PROXY, proxyRefusals, proxyResolved, UPSTREAM } from './kits.ts';

const HOSTED = 'on-premises-hosted-elasticsearch';
const HTTPS = 'must start with https://, because TLS is required';
const NO_PATH = 'must not have a path: remove everything after the host and port';
const host = (text: string, problem: string) =>
  `must have a host name of letters, digits, "-" and ".", an IPv4 address, or an IPv6 address in brackets, not "${text}", which ${problem}`;
const BOUNDARY =
  'a forward proxy only passes connections on, so mutual TLS would end at the boundary of Elastic Cloud, which asks for no client certificate: use "terminating", a proxy of your own that ends it. Set a forward proxy in front of that one, or of your own Fleet Server, in agent.proxy.url';

interface Refused {
  readonly name: string;
  readonly deployment: Deployment;
  readonly pointer: string;
  readonly detail: string;
}

describe('the model cloud is refused with the ways out that the profile has', () => {
  const own = 'on-premises-hosted-elasticsearch (a Fleet Server of your own)';
  const both = `cloud-proxy (a terminating proxy of your own in front of Elastic Cloud) or ${own}`;
  test.each([
    { profile: 'agent', ways: both },
    { profile: 'fleet-server', ways: own },
    { profile: 'output-client', ways: both },
    { profile: 'output-server', ways: both },
    { profile: 'proxy', ways: both },
    { profile: 'eck-metrics', ways: 'eck-metrics' },
  ] as const)('$profile', ({ profile, ways }) => {
    const errors = proxyRefusals({ model: 'cloud' }, { profile });
    expect(errors).toContainEqual({
      pointer: '#/deployment/model',
      detail: `mutual TLS is not possible in the model cloud: Elastic Cloud ends every TLS connection at its boundary, for all its customers alike, and asks for no client certificate. Use the model ${ways}`,
    });
    expect(errors.filter(({ pointer }) => pointer === '#/deployment/model')).toHaveLength(1);
  });
});

/** For an agent. */
const CLIENT: readonly Refused[] = [
  ...['cloud-proxy', HOSTED].map((model) => ({
    name: `a forward proxy in ${model}`,
    deployment: { model, proxy: { ...PROXY, kind: 'forward' } },
    pointer: '/proxy/kind',
    detail: BOUNDARY,
  })),
  {
    name: 'an unknown kind',
    deployment: { model: 'cloud-proxy', proxy: { ...PROXY, kind: 'reverse' } },
    pointer: '/proxy/kind',
    detail:
      'kind "reverse" is not supported: use one of terminating, forward; "terminating" ends the mutual TLS, "forward" passes connections on to other servers. Did you mean "terminating"?',
  },
  ...[undefined, {}].map((proxy) => ({
    name: `cloud-proxy with ${proxy ? 'an empty' : 'no'} proxy`,
    deployment: { model: 'cloud-proxy', proxy },
    pointer: '/proxy/fleetUrl',
    detail:
      'proxy.fleetUrl is required in the model cloud-proxy: the address at which agents reach Fleet Server through your proxy, for example https://fleet-proxy.example.com:8220',
  })),
  {
    name: `${HOSTED} without a proxy`,
    deployment: { model: HOSTED },
    pointer: '/proxy/elasticsearchUrl',
    detail: `proxy.elasticsearchUrl is required in the model ${HOSTED}: the address at which agents and Fleet Server reach Elasticsearch through your proxy, for example https://es-proxy.example.com:9200`,
  },
  {
    name: `${HOSTED} without fleetUrl`,
    deployment: { model: HOSTED, proxy: PROXY, fleetUrl: undefined },
    pointer: '/fleetUrl',
    detail: 'fleetUrl is required: the address of Fleet Server, for example https://fleet.example.com:8220',
  },
  ...[
    ['http://proxy.example.com', HTTPS],
    ['proxy.example.com:8220', HTTPS],
    ['', HTTPS],
    [
      'https://u:p@proxy.example.com',
      'must not contain a user or password: remove everything between "//" and the host',
    ],
    ['https://proxy.example.com/fleet', NO_PATH],
    [
      'https://proxy.example.com/?a',
      'must not have a query or fragment: remove everything from "?" or "#" on',
    ],
    [
      'https://proxy.example.com:0',
      'must have a port from 1 to 65535 without leading zeros after the ":", or neither',
    ],
    ['https://a;b.example.com', host('a;b.example.com', 'contains ";"')],
    ["https://a'b.example.com", host("a'b.example.com", 'contains "\'"')],
    ['https://a$b.example.com', host('a$b.example.com', 'contains "$"')],
    ['https://-a.example.com', host('-a.example.com', 'has "-" at the start or end of a label')],
    ['https://a..b', host('a..b', 'has an empty label')],
    ['https://a_b.example.com', host('a_b.example.com', 'contains "_"')],
    ['https://proxy.example.com.', host('proxy.example.com.', 'ends in a dot')],
    [
      'https://proxy.example.com\n',
      'must be printable ASCII without spaces: write an international host name as xn--..., and percent-encode other characters',
    ],
  ].map(([fleetUrl, words]) => ({
    name: `proxy.fleetUrl ${JSON.stringify(fleetUrl)}`,
    deployment: { model: 'cloud-proxy', proxy: { ...PROXY, fleetUrl } },
    pointer: '/proxy/fleetUrl',
    detail: `proxy.fleetUrl ${words}`,
  })),
  {
    name: 'an output past the proxy',
    deployment: {
      model: 'cloud-proxy',
      proxy: PROXY,
      outputs: [{ type: 'elasticsearch', name: 'Main', hosts: [UPSTREAM.elasticsearchUrl] }],
    },
    pointer: '/outputs/0/hosts/0',
    detail: `the host "${UPSTREAM.elasticsearchUrl}" is Elastic Cloud itself, which does not ask for a client certificate: use ${PROXY.elasticsearchUrl}`,
  },
  {
    name: 'an output without hosts where no proxy stands in front of Elasticsearch',
    deployment: {
      model: 'cloud-proxy',
      proxy: { fleetUrl: PROXY.fleetUrl },
      outputs: [{ type: 'elasticsearch', name: 'Main' }],
    },
    pointer: '/outputs/0/hosts',
    detail:
      'hosts is required: at least one, for example https://elasticsearch.example.com:9200, or give proxy.elasticsearchUrl',
  },
  {
    name: 'an output to Logstash without hosts',
    deployment: { model: 'cloud-proxy', proxy: PROXY, outputs: [{ type: 'logstash', name: 'L' }] },
    pointer: '/outputs/0/hosts',
    detail: 'hosts is required: at least one, for example logstash.example.com:5044',
  },
  {
    name: 'a CA for whom the proxy stands in',
    deployment: { model: 'cloud-proxy', proxy: PROXY, trust: { fleetServer: 'system' } },
    pointer: '/trust/fleetServer',
    detail:
      'trust.fleetServer does not apply behind the proxy, whose certificate the clients see instead: use trust.proxy',
  },
  {
    name: "a proxy's CA without a terminating proxy",
    deployment: { model: 'on-premises', trust: { proxy: 'system' } },
    pointer: '/trust/proxy',
    detail:
      'trust.proxy is for a terminating proxy in front of Elastic Cloud, which the model on-premises does not have: leave it out, or change model',
  },
  {
    name: 'a terminating proxy on premises',
    deployment: { model: 'on-premises', proxy: PROXY },
    pointer: '/proxy',
    detail:
      'a terminating proxy is only for the models cloud-proxy and on-premises-hosted-elasticsearch, not for on-premises, where mutual TLS ends at your own servers: leave proxy out, or change model',
  },
  {
    name: 'a forward proxy without its address',
    deployment: { model: 'on-premises', proxy: { kind: 'forward' } },
    pointer: '/proxy/fleetUrl',
    detail:
      'proxy.fleetUrl is required for a forward proxy: its own address, for example http://proxy.example.com:3128',
  },
  {
    name: 'a forward proxy of a container',
    deployment: {
      model: 'on-premises',
      os: 'container',
      proxy: { kind: 'forward', fleetUrl: 'http://proxy:3128' },
    },
    pointer: '/proxy',
    detail:
      'Elastic Agent in a container has no variables for a forward proxy: leave proxy out and set HTTPS_PROXY or NO_PROXY on the container',
  },
  {
    name: 'a forward proxy that is said twice',
    deployment: {
      model: 'on-premises',
      proxy: { kind: 'forward', fleetUrl: 'http://proxy:3128' },
      agent: { proxy: { url: 'http://other:3128' } },
    },
    pointer: '/agent/proxy',
    detail: 'agent.proxy and a forward proxy mean the same: leave one of them out',
  },
  {
    name: 'a forward proxy in front of an output',
    deployment: {
      model: 'on-premises',
      proxy: { kind: 'forward', fleetUrl: 'http://proxy:3128', elasticsearchUrl: 'http://proxy:3128' },
    },
    pointer: '/proxy/elasticsearchUrl',
    detail:
      'a forward proxy in front of an output is a proxy object of Fleet (Kibana, Fleet, Settings, Proxies), chosen in the output: leave proxy.elasticsearchUrl out',
  },
];

describe('an agent is refused', () => {
  test.each(CLIENT)('$name', ({ deployment, pointer, detail }) => {
    expect(refusals(deployment)).toEqual([{ pointer: `#/deployment${pointer}`, detail }]);
  });
});

/** For the proxy itself. */
const TERMINATOR: readonly Refused[] = [
  {
    name: 'Windows',
    deployment: { os: 'windows' },
    pointer: '/os',
    detail:
      'os must be that of the proxy, and neither HAProxy nor Envoy runs on "windows": use linux, macos or container',
  },
  {
    name: 'an encrypted key',
    deployment: { keyPassphraseFile: '/run/proxy.pass' },
    pointer: '/keyPassphraseFile',
    detail:
      'keyPassphraseFile does not apply to a proxy, because HAProxy cannot read a passphrase from a file: leave it out and use an unencrypted key',
  },
  {
    name: 'no way to Fleet Server',
    deployment: { proxy: { fleetUrl: PROXY.fleetUrl } },
    pointer: '/proxy/upstream/fleetUrl',
    detail:
      'proxy.upstream.fleetUrl is required: the address of Fleet Server on Elastic Cloud, to which the proxy connects',
  },
  {
    name: 'no way to Elasticsearch',
    deployment: { proxy: { ...PROXY, upstream: { fleetUrl: UPSTREAM.fleetUrl } } },
    pointer: '/proxy/upstream/elasticsearchUrl',
    detail:
      'proxy.upstream.elasticsearchUrl is required: the address of Elasticsearch on Elastic Cloud, to which the proxy connects',
  },
  {
    name: 'Elasticsearch that nobody reaches',
    deployment: { proxy: { fleetUrl: PROXY.fleetUrl, upstream: UPSTREAM } },
    pointer: '/proxy/elasticsearchUrl',
    detail:
      'proxy.elasticsearchUrl is required with proxy.upstream.elasticsearchUrl: the address at which agents reach the proxy',
  },
  ...['https://192.0.2.7:9243', 'https://[2001:db8::7]'].map((elasticsearchUrl) => ({
    name: `the upstream ${elasticsearchUrl}`,
    deployment: { proxy: { ...PROXY, upstream: { ...UPSTREAM, elasticsearchUrl } } },
    pointer: '/proxy/upstream/elasticsearchUrl',
    detail:
      'proxy.upstream.elasticsearchUrl must have a host name, not an IP address: Elastic Cloud tells its customers apart by name',
  })),
  ...[PROXY.fleetUrl, 'https://192.0.2.7:8220'].map((elasticsearchUrl) => ({
    name: `${elasticsearchUrl} beside ${PROXY.fleetUrl}`,
    deployment: { proxy: { ...PROXY, elasticsearchUrl } },
    pointer: '/proxy/elasticsearchUrl',
    detail:
      'proxy.fleetUrl and proxy.elasticsearchUrl share a port and need different host names: give each its own port or host name',
  })),
  ...['/etc/fleet;seal', '/etc/{fleet}', '/etc/fleet"seal', '/etc/$fleet', '/etc/fleet#seal', "/etc/f'"].map(
    (directory) => ({
      name: `the directory ${directory}`,
      deployment: { directory },
      pointer: '/directory',
      detail:
        'directory contains characters that do not work in every proxy\'s configuration: use only letters, digits, ".", "_", "-", "+" and "/"',
    }),
  ),
  {
    name: 'a CA file with a semicolon',
    deployment: { trust: { elasticsearch: { path: '/etc/ca;.pem' } } },
    pointer: '/trust/elasticsearch/path',
    detail:
      'trust.elasticsearch.path contains characters that do not work in every proxy\'s configuration: use only letters, digits, ".", "_", "-", "+" and "/"',
  },
  {
    name: 'a path behind the address of Fleet Server on Elastic Cloud',
    deployment: { fleetUrl: 'https://abc.fleet.eu.elastic.cloud/a', proxy: { fleetUrl: PROXY.fleetUrl } },
    pointer: '/fleetUrl',
    detail: `fleetUrl ${NO_PATH}`,
  },
  {
    name: 'the CA of Kafka',
    deployment: { trust: { kafka: 'system' } },
    pointer: '/trust/kafka',
    detail: 'trust.kafka does not apply to a proxy, which connects only to Elastic Cloud: leave it out',
  },
  {
    name: 'its own CA',
    deployment: { trust: { proxy: 'system' } },
    pointer: '/trust/proxy',
    detail: 'trust.proxy is for the clients of the proxy, not for the proxy itself: leave it out',
  },
  {
    name: 'settings of an agent',
    deployment: { agent: { tags: ['a'] } },
    pointer: '/agent',
    detail: 'agent does not apply to a certificate of profile proxy: leave it out',
  },
];

describe('a proxy is refused', () => {
  test.each(TERMINATOR)('$name', ({ deployment, pointer, detail }) => {
    expect(proxyRefusals(deployment)).toEqual([{ pointer: `#/deployment${pointer}`, detail }]);
  });

  test('not for a port that two names share', () => {
    const shared = { ...PROXY, elasticsearchUrl: 'https://es-proxy.example.com:8220' };
    expect(proxyResolved({ proxy: shared }).profile).toBe('proxy');
  });
});
