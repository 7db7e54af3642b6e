import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { PEM } from '../rendering.ts';
import { CERTIFICATE, codes, HOSTED, linesWith, PROXY, proxyKit } from './kits.ts';

describe('the kit of a proxy', () => {
  test('has its files, and no key', () => {
    const { files } = proxyKit({ trust: { elasticsearch: { pem: PEM.other } } });
    expect(files.map(({ path, source, mode, contents }) => [path, source, mode, contents])).toEqual([
      ['/etc/fleetseal/proxy.crt', 'kit', '0644', PEM.leaf + PEM.issuer],
      ['/etc/fleetseal/proxy.key', 'host-key', '0600', null],
      ['/etc/fleetseal/ca.crt', 'kit', '0644', PEM.root],
      ['/etc/fleetseal/elasticsearch-ca.crt', 'kit', '0644', PEM.other],
      ['/etc/fleetseal/refresh-revocation-lists.sh', 'kit', '0755', expect.stringMatching(/^#!\/bin\/sh\n/)],
      ['/etc/fleetseal/crl/bundle.pem', 'service', '0644', null],
      ['/etc/fleetseal/envoy-clients.yaml', 'kit', '0644', expect.stringContaining('resources:')],
    ]);
  });

  test.each(['nginx', 'haproxy', 'envoy', 'apache', 'caddy', 'traefik'] as const)(
    'starts as delivered, once the lists are fetched: %s reads files of the kit',
    (program) => {
      const { files, proxy } = proxyKit();
      const secret = files.find(({ path }) => path === '/etc/fleetseal/envoy-clients.yaml')?.contents;
      const read = program === 'envoy' ? proxy.envoy + secret : JSON.stringify(proxy[program]);
      const named = read.match(/\/etc\/fleetseal\/[\w./-]+/g) ?? [];
      const expected = files
        .map(({ path }) => path)
        .filter((path) => !path.endsWith('.sh'))
        .filter((path) => program === 'envoy' || !path.endsWith('envoy-clients.yaml'))
        // HAProxy finds the key beside the certificate.
        .filter((path) => program !== 'haproxy' || !path.endsWith('.key'))
        .filter((path) => !['caddy', 'traefik'].includes(program) || !path.endsWith('bundle.pem'));
      expect([...new Set(named)].sort()).toEqual(expected.sort());
    },
  );

  test('checks the lists in every handshake', () => {
    const { files, proxy } = proxyKit();
    expect(linesWith(proxy.nginx, 'crl')).toEqual(['ssl_crl /etc/fleetseal/crl/bundle.pem;']);
    expect(linesWith(proxy.apache, 'SSLCARevocation')).toEqual(
      [8220, 9200].flatMap(() => [
        'SSLCARevocationCheck chain',
        'SSLCARevocationFile /etc/fleetseal/crl/bundle.pem',
      ]),
    );
    expect(linesWith(proxy.haproxy, 'bind :::')).toEqual(
      [8220, 9200].map(
        (port) =>
          `bind :::${port} v4v6 ssl crt /etc/fleetseal/proxy.crt alpn http/1.1 ca-file /etc/fleetseal/ca.crt crl-file /etc/fleetseal/crl/bundle.pem verify required`,
      ),
    );
    const secret = files.find(({ role }) => role === 'configuration')?.contents ?? '';
    expect(parse(secret).resources).toEqual([
      {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
        name: 'clients',
        validation_context: {
          trusted_ca: { filename: '/etc/fleetseal/ca.crt' },
          max_verify_depth: 3,
          crl: { filename: '/etc/fleetseal/crl/bundle.pem' },
        },
      },
    ]);
  });

  const SCRIPT = 'sh /etc/fleetseal/refresh-revocation-lists.sh';
  const RELOADS = {
    linux: {
      nginx: 'systemctl reload nginx',
      haproxy: 'systemctl reload haproxy',
      // Not "apachectl graceful", which starts an Apache httpd that is stopped.
      apache: "sh -c 'systemctl reload apache2 || systemctl reload httpd'",
    },
    macos: {
      nginx: 'pkill -HUP -o -x nginx',
      haproxy: 'pkill -USR2 -o -x haproxy',
      apache: "sh -c 'apachectl configtest && pkill -USR1 -o -x httpd'",
    },
  };
  test.each(['linux', 'macos'] as const)('says how the lists come there and stay fresh: %s', (os) => {
    const { revocationLists } = proxyKit({ os, directory: '/etc/fleetseal' }).proxy;
    expect(revocationLists?.fetch).toBe(SCRIPT);
    expect(revocationLists?.cron).toEqual({
      nginx: `*/5 * * * * ${SCRIPT} ${RELOADS[os].nginx}`,
      haproxy: `*/5 * * * * ${SCRIPT} ${RELOADS[os].haproxy}`,
      envoy: `*/5 * * * * ${SCRIPT}`,
      apache: `*/5 * * * * ${SCRIPT} ${RELOADS[os].apache}`,
    });
    expect(revocationLists?.systemd === undefined).toBe(os === 'macos');
  });

  test('has a timer for systemd', () => {
    const { systemd } = proxyKit().proxy.revocationLists ?? {};
    expect(linesWith(systemd?.haproxy ?? '', 'ExecStart')).toEqual([
      `ExecStart=/bin/${SCRIPT} systemctl reload haproxy`,
    ]);
    expect(linesWith(systemd?.envoy ?? '', 'ExecStart')).toEqual([`ExecStart=/bin/${SCRIPT}`]);
    expect(systemd?.nginx).toMatch(
      /^OnBootSec=10s\nOnCalendar=\*:0\/5\nRandomizedDelaySec=60s\n[\s\S]*\nsystemctl daemon-reload\nsystemctl enable --now fleetseal-revocation-lists\.timer\n$/m,
    );
  });

  test('notes of macOS say nothing of systemd, SELinux or the kernel of Linux', () => {
    const said = (os: string) =>
      proxyKit({ os, directory: '/etc/fleetseal' })
        .notes.map(({ message }) => message)
        .join('\n');
    const OF_LINUX = /systemctl|systemd|SELinux|ipv6\.disable|\/etc\/apache2/;
    expect(said('linux')).toMatch(OF_LINUX);
    expect(said('macos')).not.toMatch(OF_LINUX);
  });

  test('in a container only fetches, and says what runs the script', () => {
    const kit = proxyKit({ os: 'container' });
    expect(kit.proxy.revocationLists).toEqual({ fetch: SCRIPT });
    expect(codes(kit)).toContain('revocation_lists_container');
    expect(codes(proxyKit())).not.toContain('revocation_lists_container');
  });

  test('says what to do before the first start, and when nobody gets through', () => {
    const said = (code: string) => proxyKit().notes.find((note) => note.code === code);
    expect(said('revocation_lists_first')).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(
        /^Fetch the revocation lists before the proxy first starts \(proxy\.revocationLists\.fetch\): without the file, nginx, HAProxy and Apache httpd do not start, and Envoy refuses every client\./,
      ),
    });
    expect(said('revocation_lists_expire')).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/refuses every client once one of the lists has expired\. .* code 3/),
    });
    expect(said('revocation_lists_of_other_roots')).toBeUndefined();
  });

  test('says that clients of other roots need lists too', () => {
    const certificate = { ...CERTIFICATE, caBundlePem: PEM.root + PEM.other };
    const { notes } = proxyKit({}, { certificate });
    expect(notes.find(({ code }) => code === 'revocation_lists_of_other_roots')?.message).toBe(
      '/etc/fleetseal/ca.crt contains 2 roots. The proxy refuses every client below a root without a revocation list. fleetseal publishes the lists of its own CAs; put those of the others, PEM, into /etc/fleetseal/crl/additional.pem.',
    );
  });

  test('names no list where the service publishes none, and says so', () => {
    const { files, proxy, notes } = proxyKit({}, { revocationUrl: undefined });
    expect(files.map(({ path }) => path)).toEqual([
      '/etc/fleetseal/proxy.crt',
      '/etc/fleetseal/proxy.key',
      '/etc/fleetseal/ca.crt',
    ]);
    expect(JSON.stringify(proxy)).not.toMatch(/crl|revocation/i);
    expect(parse(proxy.envoy).node).toBeUndefined();
    expect(notes.find(({ code }) => code === 'revocation_not_checked')).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/^The proxy does not refuse revoked certificates: /),
    });
  });

  const IPV6 = (ports: string) =>
    `nginx, HAProxy and Envoy do not start if the kernel has no IPv6 (ipv6.disable=1). If so, remove the listen lines with [::] in nginx, write ${ports} in HAProxy, and use the address 0.0.0.0 without ipv4_compat in Envoy.`;
  const SELINUX = (ports: string) =>
    `If SELinux is enforcing (Red Hat, Fedora), nginx, Apache httpd and HAProxy cannot listen on every port or connect to Elastic Cloud: run ${ports} (with -m instead of -a if the port already has another type, as 9200 has), then setsebool -P httpd_can_network_connect on for nginx and Apache httpd, or setsebool -P haproxy_connect_any on for HAProxy.`;
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
