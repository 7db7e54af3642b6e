import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { STRIPPED_HEADERS } from '../../../../shared/elastic/proxy/plan.ts';
import { codes, linesWith, PROXY, proxyKit } from './kits.ts';

/** Which clients get through is tried with the programs themselves (test/interop/proxies). */

const SHARED = { proxy: { ...PROXY, elasticsearchUrl: 'https://es-proxy.example.com:8220' } };
const ADDRESS = { proxy: { ...PROXY, fleetUrl: 'https://192.0.2.7:8220' } };

describe('fleetseal.conf of Apache httpd', () => {
  test('listens once on a port, and asks every client for a certificate', () => {
    const { apache } = proxyKit(SHARED).proxy;
    expect(linesWith(apache, 'Listen')).toEqual(['Listen 8220']);
    expect(linesWith(apache, 'ServerName')).toEqual([
      'ServerName fleet-proxy.example.com',
      'ServerName es-proxy.example.com',
    ]);
    expect(linesWith(apache, 'SSLVerifyClient')).toEqual([
      'SSLVerifyClient require',
      'SSLVerifyClient require',
    ]);
  });

  test('checks the lists of every CA, and verifies Elastic Cloud', () => {
    const { apache } = proxyKit().proxy;
    const twice = (line: string) => [line, line];
    expect(linesWith(apache, 'SSLCARevocationCheck')).toEqual(twice('SSLCARevocationCheck chain'));
    expect(linesWith(apache, 'SSLProxyVerify ')).toEqual(twice('SSLProxyVerify require'));
  });

  test('resumes no session, also after an ssl.conf that sets a cache, which "none" would leave on', () => {
    const { apache } = proxyKit().proxy;
    const own = ['SSLSessionCacheTimeout 0', 'SSLSessionTickets off'];
    expect(linesWith(apache, 'SSLSession')).toEqual([...own, ...own]);
  });

  test('holds a check-in of each agent in a thread, and removes headers of an identity', () => {
    const { apache } = proxyKit().proxy;
    expect(linesWith(apache, 'MaxRequestWorkers')).toEqual(['MaxRequestWorkers 32768']);
    expect(linesWith(apache, 'ProxyPass ')).toEqual([
      'ProxyPass / https://abc.fleet.eu.elastic.cloud/ nocanon connectiontimeout=10 retry=0 ttl=20',
      'ProxyPass / https://abc.es.eu.elastic.cloud:9243/ nocanon connectiontimeout=10 retry=0 ttl=20',
    ]);
    expect(linesWith(apache, 'RequestHeader unset')).toHaveLength(2 * STRIPPED_HEADERS.length);
  });
});

describe('Caddyfile', () => {
  test("requires a certificate of the kit's CA, and removes headers of an identity", () => {
    const { caddy } = proxyKit().proxy;
    expect(linesWith(caddy, 'mode ')).toEqual(['mode require_and_verify', 'mode require_and_verify']);
    expect(linesWith(caddy, 'trust_pool ').slice(0, 1)).toEqual(['trust_pool file /etc/fleetseal/ca.crt']);
    expect(linesWith(caddy, 'header_up -')).toHaveLength(2 * STRIPPED_HEADERS.length);
  });

  test('has a site for each port, whatever name the client asks for', () => {
    expect(linesWith(proxyKit().proxy.caddy, 'https://:')).toEqual(['https://:8220 {', 'https://:9200 {']);
    expect(linesWith(proxyKit(ADDRESS).proxy.caddy, 'https://:8220')).toHaveLength(1);
  });

  test('tells names on a shared port apart', () => {
    expect(linesWith(proxyKit(SHARED).proxy.caddy, ':8220 {')).toEqual([
      'https://fleet-proxy.example.com:8220 {',
      'https://es-proxy.example.com:8220 {',
    ]);
  });

  test('answers clients of an IP address, which send no name', () => {
    expect(linesWith(proxyKit(ADDRESS).proxy.caddy, 'strict_sni_host')).toEqual([
      'strict_sni_host insecure_off',
    ]);
  });
});

describe('the files of Traefik', () => {
  test('ask for a certificate where no router matches either', () => {
    const { tls } = parse(proxyKit().proxy.traefik.dynamic);
    expect(tls).toEqual({
      stores: {
        default: {
          defaultCertificate: { certFile: '/etc/fleetseal/proxy.crt', keyFile: '/etc/fleetseal/proxy.key' },
        },
      },
      options: {
        default: {
          minVersion: 'VersionTLS12',
          alpnProtocols: ['http/1.1'],
          disableSessionTickets: true,
          clientAuth: {
            caFiles: ['/etc/fleetseal/ca.crt'],
            clientAuthType: 'RequireAndVerifyClientCert',
          },
        },
      },
    });
  });

  test('hold a check-in', () => {
    const { entryPoints } = parse(proxyKit().proxy.traefik.static);
    expect(entryPoints['port-9200']).toEqual({
      address: ':9200',
      transport: { respondingTimeouts: { readTimeout: '0s', idleTimeout: '900s' } },
    });
  });

  test('tell names on a shared port apart', () => {
    const { http } = parse(proxyKit(SHARED).proxy.traefik.dynamic);
    expect(http.routers.elasticsearch).toMatchObject({
      entryPoints: ['port-8220'],
      rule: 'Host(`es-proxy.example.com`)',
    });
    expect(parse(proxyKit().proxy.traefik.dynamic).http.routers.fleet.rule).toBe('PathPrefix(`/`)');
  });

  test('remove headers of an identity, in the one spelling that keeps X-Forwarded-For away', () => {
    const { customRequestHeaders } = parse(proxyKit().proxy.traefik.dynamic).http.middlewares.fleet.headers;
    expect(customRequestHeaders).toMatchObject({
      Host: 'abc.fleet.eu.elastic.cloud',
      'X-Forwarded-For': '',
      'X-Found-Cluster': '',
    });
    expect(Object.keys(customRequestHeaders)).toHaveLength(1 + STRIPPED_HEADERS.length);
  });
});

test('a kit says that Caddy and Traefik cannot check lists, where there are lists', () => {
  const said = proxyKit().notes.find(({ code }) => code === 'proxy_checks_no_lists');
  expect(said?.message).toBe(
    'Caddy and Traefik cannot check revocation lists: with them, a revoked certificate works until it expires. Use another proxy, or set certificateLifetime in the bootstrap token.',
  );
  expect(codes(proxyKit({}, { revocationUrl: undefined }))).not.toContain('proxy_checks_no_lists');
});
