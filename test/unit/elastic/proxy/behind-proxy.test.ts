import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { kit } from '../agent/kits.ts';
import { PEM } from '../rendering.ts';
import { CERTIFICATE, codes, HOSTED, PROXY, proxyResolved, UPSTREAM } from './kits.ts';

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
      `Add an output of type elasticsearch with the host ${PROXY.elasticsearchUrl} and choose it in the policies: with the address of Elastic Cloud the data would bypass the proxy, without mutual TLS. The output that Elastic Cloud sets up is locked. The guide's section on Elastic Cloud with a proxy lists only the agent's flags, but the output needs its settings too.`,
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
