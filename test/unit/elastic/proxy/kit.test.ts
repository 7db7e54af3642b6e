import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment.ts';
import { PEM } from '../rendering.ts';
import { codes, HOSTED, linesWith, PROXY, proxyKit } from './kits.ts';

describe('the kit of a proxy', () => {
  test('has its files, and no key', () => {
    const { files } = proxyKit({ trust: { elasticsearch: { pem: PEM.other } } });
    expect(files.map(({ path, source, mode, contents }) => [path, source, mode, contents])).toEqual([
      ['/etc/fleetseal/proxy.crt', 'kit', '0644', PEM.leaf + PEM.issuer],
      ['/etc/fleetseal/proxy.key', 'host-key', '0600', null],
      ['/etc/fleetseal/ca.crt', 'kit', '0644', PEM.root],
      ['/etc/fleetseal/elasticsearch-ca.crt', 'kit', '0644', PEM.other],
    ]);
  });

  test.each(['nginx', 'haproxy', 'envoy'] as const)(
    'starts as delivered: %s reads no other file',
    (program) => {
      const { files, proxy } = proxyKit();
      const named = proxy[program].match(/\/etc\/fleetseal\/[\w.-]+/g) ?? [];
      // HAProxy finds the key beside the certificate.
      const expected = files
        .map(({ path }) => path)
        .filter((path) => program !== 'haproxy' || !path.endsWith('.key'));
      expect([...new Set(named)].sort()).toEqual([...expected].sort());
      expect(proxy[program]).not.toMatch(/crl/i);
    },
  );

  test('says that revoked certificates are not refused yet', () => {
    const { notes } = proxyKit();
    expect(notes.find(({ code }) => code === 'revocation_not_checked')).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/^The proxy does not refuse revoked certificates: /),
    });
  });

  const IPV6 = (ports: string) =>
    `The configurations listen on IPv4 and IPv6, and the proxy does not start if the kernel has no IPv6 (ipv6.disable=1). If so, remove the listen lines with [::] in nginx, write ${ports} in HAProxy, and use the address 0.0.0.0 without ipv4_compat in Envoy.`;
  const SELINUX = (ports: string) =>
    `If SELinux is enforcing (Red Hat, Fedora), nginx and HAProxy cannot listen on every port or connect to Elastic Cloud: run ${ports} (with -m instead of -a if the port already has another type, as 9200 has), then setsebool -P httpd_can_network_connect on for nginx, or setsebool -P haproxy_connect_any on for HAProxy.`;
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
