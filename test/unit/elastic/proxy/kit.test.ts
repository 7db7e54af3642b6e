import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment.ts';
import { renderKit } from '../../../../shared/elastic/kit.ts';
import { kit } from '../agent/kits.ts';
import { PEM } from '../rendering.ts';
import { CERTIFICATE, PROXY, proxyKit, proxyResolved, UPSTREAM } from './kits.ts';

const HOSTED = 'on-premises-hosted-elasticsearch';

function codes({ notes }: { readonly notes: readonly { readonly code: string }[] }): readonly string[] {
  return notes.map(({ code }) => code);
}

/** The lines that hold `word`, trimmed. */
function linesWith(text: string, word: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes(word));
}

describe('an agent behind a terminating proxy', () => {
  test("enrolls at the proxy, which the proxy's CA verifies", () => {
    const { elasticAgent, output } = kit({
      model: 'cloud-proxy',
      fleetUrl: undefined,
      proxy: PROXY,
      trust: { proxy: { path: '/etc/proxy-ca.pem' } },
    });
    expect(elasticAgent.install?.arguments).toEqual(
      expect.arrayContaining([
        `--url=${PROXY.fleetUrl}`,
        '--certificate-authorities=/etc/proxy-ca.pem',
        '--elastic-agent-cert=/etc/fleetseal/agent.crt',
      ]),
    );
    expect(parse(output.yaml)['ssl.certificate_authorities']).toEqual(['/etc/proxy-ca.pem']);
  });

  test("trusts fleetseal's roots by default", () => {
    const { elasticAgent } = kit({ model: 'cloud-proxy', proxy: PROXY });
    expect(elasticAgent.enroll?.arguments).toContain('--certificate-authorities=/etc/fleetseal/ca.crt');
  });

  test('enrolls at its own Fleet Server where only Elasticsearch is hosted', () => {
    const { elasticAgent, output } = kit({
      model: HOSTED,
      proxy: { elasticsearchUrl: PROXY.elasticsearchUrl },
      trust: { fleetServer: { path: '/etc/fleet-ca.pem' }, proxy: { path: '/etc/proxy-ca.pem' } },
    });
    expect(elasticAgent.install?.arguments).toEqual(
      expect.arrayContaining([
        '--url=https://fleet.example.com:8220',
        '--certificate-authorities=/etc/fleet-ca.pem',
      ]),
    );
    expect(parse(output.yaml)['ssl.certificate_authorities']).toEqual(['/etc/proxy-ca.pem']);
  });

  test('may reach it through a forward proxy', () => {
    const { elasticAgent } = kit({
      model: 'cloud-proxy',
      proxy: PROXY,
      agent: { proxy: { url: 'http://forward:3128' } },
    });
    expect(elasticAgent.install?.arguments).toEqual(
      expect.arrayContaining([`--url=${PROXY.fleetUrl}`, '--proxy-url=http://forward:3128']),
    );
  });

  test("has outputs that the proxy's CA verifies", () => {
    const { outputs } = kit({
      model: 'cloud-proxy',
      proxy: PROXY,
      trust: { proxy: { path: '/etc/proxy-ca.pem' } },
      outputs: [{ type: 'elasticsearch', name: 'Main', hosts: [PROXY.elasticsearchUrl] }],
    });
    expect(parse(outputs?.[0]?.yaml ?? '')['ssl.certificate_authorities']).toEqual(['/etc/proxy-ca.pem']);
  });

  test.each([
    { model: 'cloud-proxy', purpose: 'the CA that verifies the proxy in front of Elastic Cloud' },
    { model: HOSTED, purpose: 'the CA that verifies the proxy in front of Elastic Cloud' },
  ])("in $model: the proxy's CA as PEM is one file, named by the proxy", ({ model, purpose }) => {
    const { files, elasticAgent, output } = kit({
      model,
      proxy: PROXY,
      trust: { proxy: { pem: PEM.other } },
      outputs: [{ type: 'elasticsearch', name: 'Main' }],
    });
    const path = '/etc/fleetseal/proxy-ca.crt';
    expect(files.filter(({ contents }) => contents === PEM.other)).toMatchObject([{ path, purpose }]);
    expect(parse(output.yaml)['ssl.certificate_authorities']).toEqual([path]);
    const fleet = model === 'cloud-proxy' ? path : '/etc/fleetseal/ca.crt';
    expect(elasticAgent.install?.arguments).toContain(`--certificate-authorities=${fleet}`);
  });

  test.each(['cloud-proxy', HOSTED])("in %s: an output without hosts has the proxy's", (model) => {
    const { outputs } = kit({ model, proxy: PROXY, outputs: [{ type: 'elasticsearch', name: 'Main' }] });
    expect(outputs?.[0]?.kibanaApi.create.body).toMatchObject({ hosts: [PROXY.elasticsearchUrl] });
    expect(outputs?.[0]?.standalone).toContain(`- ${PROXY.elasticsearchUrl}`);
  });

  test('is told what its policy has to say', () => {
    const { notes } = kit({ model: 'cloud-proxy', proxy: PROXY });
    const note = notes.find(({ code }) => code === 'fleet_hosts_must_name_proxy');
    expect(note?.message).toContain(`add a Fleet Server host with the address ${PROXY.fleetUrl}`);
    expect(notes.find(({ code }) => code === 'output_hosts_must_name_proxy')?.message).toBe(
      `Add an output of type elasticsearch with the host ${PROXY.elasticsearchUrl} and choose it in the policies: with the address of Elastic Cloud the data would go past the proxy, without mutual TLS. The output that Elastic Cloud sets up is locked. The guide's section on Elastic Cloud with a proxy lists the agent's flags alone, but the output needs its settings too.`,
    );
    // Fleet Server on Elastic Cloud never asks for a certificate.
    expect(codes({ notes })).not.toContain('fleet_server_client_auth');
  });

  test.each([
    [undefined, false],
    [PROXY.fleetUrl, false],
    [UPSTREAM.fleetUrl, false],
    ['https://elsewhere.example.com', true],
  ])('with fleetUrl %s has the note fleet_url_not_used: %s', (fleetUrl, noted) => {
    const { notes } = kit({ model: 'cloud-proxy', fleetUrl, proxy: PROXY });
    expect(codes({ notes }).includes('fleet_url_not_used')).toBe(noted);
  });
});

test('a forward proxy in front of an own Fleet Server is the proxy of the flags', () => {
  const forward = kit({ model: 'on-premises', proxy: { kind: 'forward', fleetUrl: 'http://proxy:3128' } });
  expect(forward.elasticAgent.install?.arguments).toEqual(
    expect.arrayContaining(['--url=https://fleet.example.com:8220', '--proxy-url=http://proxy:3128']),
  );
  expect(codes(forward)).toContain('forward_proxy_carries');
});

describe('the kit of a proxy', () => {
  test('has its files, and no key', () => {
    const { files } = proxyKit({ trust: { elasticsearch: { pem: PEM.other } } });
    expect(files.map(({ path, mode, contents }) => [path, mode, contents])).toEqual([
      ['/etc/fleetseal/proxy.crt', '0644', PEM.leaf + PEM.issuer],
      ['/etc/fleetseal/proxy.key', '0600', null],
      ['/etc/fleetseal/ca.crt', '0644', PEM.root],
      ['/etc/fleetseal/crl.pem', '0644', null],
      ['/etc/fleetseal/elasticsearch-ca.crt', '0644', PEM.other],
    ]);
  });

  test('names the lists, and how to start without them', () => {
    const note = proxyKit().notes.find(({ code }) => code === 'revocation_lists_needed');
    expect(note?.severity).toBe('warning');
    expect(note?.message).toContain('/etc/fleetseal/crl.pem');
    expect(note?.message).toContain(
      'the line ssl_crl in nginx, crl-file and its path in HAProxy, crl in Envoy',
    );
  });

  const IPV6 = (ports: string) =>
    `The configurations listen for IPv4 and IPv6, and do not start where the kernel has no IPv6 (ipv6.disable=1). There, take out the listen lines with [::] in nginx, write ${ports} in HAProxy, and in Envoy the address 0.0.0.0 without ipv4_compat.`;
  const SELINUX = (ports: string) =>
    `Where SELinux is enforced (Red Hat, Fedora), nginx and HAProxy may not listen on every port, nor connect to Elastic Cloud: run ${ports} (with -m instead of -a where the port has another type already, as 9200 has), then setsebool -P httpd_can_network_connect on for nginx, or setsebool -P haproxy_connect_any on for HAProxy.`;
  test.each<{ name: string; deployment: Deployment; ipv6: string; selinux: string | undefined }>([
    {
      name: 'two ports',
      deployment: {},
      ipv6: IPV6('*:8220 instead of :::8220 and *:9200 instead of :::9200'),
      selinux: SELINUX(
        'semanage port -a -t http_port_t -p tcp 8220 and semanage port -a -t http_port_t -p tcp 9200',
      ),
    },
    {
      name: 'Elasticsearch alone',
      deployment: { model: HOSTED },
      ipv6: IPV6('*:9200 instead of :::9200'),
      selinux: SELINUX('semanage port -a -t http_port_t -p tcp 9200'),
    },
    {
      name: 'a container, whose host has the policy',
      deployment: { os: 'container' },
      ipv6: IPV6('*:8220 instead of :::8220 and *:9200 instead of :::9200'),
      selinux: undefined,
    },
  ])('says what hosts without IPv6 and with SELinux need: $name', ({ deployment, ipv6, selinux }) => {
    const { notes, proxy } = proxyKit(deployment);
    const said = (code: string) => notes.find((note) => note.code === code)?.message;
    expect(said('proxy_without_ipv6')).toBe(ipv6);
    expect(said('proxy_selinux')).toBe(selinux);
    // The words of the note are those of the configurations.
    expect(proxy.haproxy).toContain('bind :::9200 v4v6');
    expect(proxy.nginx).toContain('listen [::]:9200 ssl;');
    expect(proxy.envoy).toContain('ipv4_compat: true');
  });

  test('verifies Elastic Cloud by the CAs of the system, or by those that are named', () => {
    const { nginx } = proxyKit({ trust: { elasticsearch: { path: '/etc/private-ca.pem' } } }).proxy;
    expect(linesWith(nginx, 'proxy_ssl_trusted_certificate')).toEqual([
      'proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;',
      'proxy_ssl_trusted_certificate /etc/private-ca.pem;',
    ]);
  });

  test('serves Elasticsearch alone where Fleet Server is an own one', () => {
    const kitOfHosted = proxyKit({ model: HOSTED });
    expect(linesWith(kitOfHosted.proxy.nginx, 'listen ')).toEqual([
      'listen 9200 ssl;',
      'listen [::]:9200 ssl;',
    ]);
    expect(linesWith(kitOfHosted.proxy.haproxy, 'frontend')).toEqual(['frontend port-9200']);
    expect(codes(kitOfHosted)).toContain('proxy_fleet_url_not_used');
  });

  test("takes the deployment's fleetUrl for Fleet Server on Elastic Cloud", () => {
    const { proxy } = proxyKit({
      fleetUrl: 'https://xyz.fleet.eu.elastic.cloud',
      proxy: { fleetUrl: PROXY.fleetUrl },
    });
    expect(linesWith(proxy.nginx, 'proxy_ssl_name')).toEqual(['proxy_ssl_name xyz.fleet.eu.elastic.cloud;']);
  });
});

describe('envoy.yaml', () => {
  const { listeners, clusters } = parse(proxyKit().proxy.envoy).static_resources;

  test('has a listener for each port, which asks for a certificate and checks the lists', () => {
    const ports = listeners.map((each: Listener) => each.address.socket_address.port_value);
    expect(ports).toEqual([8220, 9200]);
    for (const { filter_chains } of listeners) {
      const [{ transport_socket }] = filter_chains;
      expect(transport_socket.typed_config).toMatchObject({
        require_client_certificate: true,
        disable_stateless_session_resumption: true,
        common_tls_context: {
          validation_context: {
            trusted_ca: { filename: '/etc/fleetseal/ca.crt' },
            crl: { filename: '/etc/fleetseal/crl.pem' },
          },
        },
      });
    }
  });

  test('holds a check-in, and says the name of Elastic Cloud', () => {
    const [{ filter_chains }] = listeners;
    expect(filter_chains[0].filters[0].typed_config).toMatchObject({
      stream_idle_timeout: '900s',
      route_config: {
        request_headers_to_remove: expect.arrayContaining(['x-found-cluster', 'es-security-runas-user']),
        virtual_hosts: [
          {
            routes: [
              {
                route: {
                  timeout: '0s',
                  idle_timeout: '900s',
                  host_rewrite_literal: 'abc.fleet.eu.elastic.cloud',
                },
              },
            ],
          },
        ],
      },
    });
  });

  test('verifies Elastic Cloud by name', () => {
    expect(clusters[1].transport_socket.typed_config).toMatchObject({
      sni: 'abc.es.eu.elastic.cloud',
      common_tls_context: {
        validation_context: {
          trusted_ca: { filename: '/etc/ssl/certs/ca-certificates.crt' },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'abc.es.eu.elastic.cloud' } }],
        },
      },
    });
  });

  test('tells names on a shared port apart', () => {
    const shared = proxyKit({ proxy: { ...PROXY, elasticsearchUrl: 'https://es-proxy.example.com:8220' } });
    const { static_resources } = parse(shared.proxy.envoy);
    expect(static_resources.listeners).toHaveLength(1);
    const [{ filter_chains, listener_filters }] = static_resources.listeners;
    expect(filter_chains.map((chain: Chain) => chain.filter_chain_match.server_names)).toEqual([
      ['fleet-proxy.example.com'],
      ['es-proxy.example.com'],
    ]);
    expect(listener_filters[0].name).toBe('envoy.filters.listener.tls_inspector');
    expect(linesWith(shared.proxy.haproxy, 'use_backend')).toEqual([
      'use_backend elasticsearch if { ssl_fc_sni -i es-proxy.example.com }',
    ]);
  });
});

interface Listener {
  readonly address: { readonly socket_address: { readonly port_value: number } };
}

interface Chain {
  readonly filter_chain_match: { readonly server_names: readonly string[] };
}

test("a Fleet Server host reaches hosted Elasticsearch at the proxy, by the proxy's CA", () => {
  const { fleetServer, notes } = renderKit({
    deployment: proxyResolved(
      {
        model: HOSTED,
        fleetUrl: 'https://fleet.example.com:8220',
        trust: { proxy: { path: '/etc/proxy-ca.pem' } },
      },
      { profile: 'fleet-server' },
    ),
    certificate: CERTIFICATE,
  });
  expect(fleetServer?.install?.arguments).toEqual(
    expect.arrayContaining([
      `--fleet-server-es=${PROXY.elasticsearchUrl}`,
      '--fleet-server-es-ca=/etc/proxy-ca.pem',
      '--fleet-server-es-cert=/etc/fleetseal/fleet-server.crt',
      '--fleet-server-es-cert-key=/etc/fleetseal/fleet-server.key',
    ]),
  );
  expect(codes({ notes })).toContain('guide_lacks_es_certificate');
});

test.each(['cloud-proxy', HOSTED])('an output of %s may have a certificate of its policy', (model) => {
  const { outputs, notes } = renderKit({
    deployment: proxyResolved(
      { model, outputs: [{ type: 'elasticsearch', name: 'Main', hosts: [PROXY.elasticsearchUrl] }] },
      { profile: 'output-client' },
    ),
    certificate: CERTIFICATE,
  });
  expect(outputs?.[0]?.yaml).toContain('ssl.certificate');
  expect(codes({ notes })).toContain('mutual_tls_ends_at_proxy');
});
