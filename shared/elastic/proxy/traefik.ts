import type { TraefikFiles } from '../kit/proxy-configurations.ts';
import { yaml } from '../syntax/yaml.ts';
import { authority, byPort, type ProxyPlan, STRIPPED_HEADERS, UPSTREAM_IDLE } from './plan.ts';

/**
 * The two files of Traefik 3.6.7 or later that terminate mutual TLS. Traefik checks no revocation lists (traefik,
 * pkg/tls/tls.go, ClientAuth). The TLS options are the default ones, so that no name or missing SNI leads past them.
 */
export function traefikFiles(plan: ProxyPlan): TraefikFiles {
  return { static: yaml(entries(plan)), dynamic: yaml({ http: routes(plan), tls: tls(plan) }) };
}

function entries({ services, hold }: ProxyPlan) {
  // The default ends a request, and its held answer, after 60 seconds.
  const transport = { respondingTimeouts: { readTimeout: '0s', idleTimeout: `${hold}s` } };
  return {
    global: { checkNewVersion: false },
    entryPoints: Object.fromEntries(
      byPort(services).map(([port]) => [entry(port), { address: `:${port}`, transport }]),
    ),
    providers: { file: { filename: '/etc/traefik/dynamic.yml' } },
  };
}

function entry(port: number): string {
  return `port-${port}`;
}

function routes({ services, hold }: ProxyPlan) {
  const named = <T>(render: (service: ProxyPlan['services'][number]) => T) =>
    Object.fromEntries(services.map((service) => [service.name, render(service)]));
  const shared = byPort(services).length < services.length;
  return {
    routers: named(({ name, host, port }) => ({
      entryPoints: [entry(port)],
      rule: shared ? `Host(\`${host}\`)` : 'PathPrefix(`/`)',
      middlewares: [name],
      service: name,
      tls: {},
    })),
    middlewares: named(({ upstream }) => ({
      headers: { customRequestHeaders: { Host: authority(upstream), ...STRIPPED } },
    })),
    services: named(({ name, upstream: { host, port, address = host } }) => ({
      loadBalancer: { servers: [{ url: `https://${address}:${port}` }], serversTransport: name },
    })),
    serversTransports: named(({ upstream: { host, ca } }) => ({
      serverName: host,
      rootCAs: [ca],
      disableHTTP2: true,
      forwardingTimeouts: {
        responseHeaderTimeout: `${hold}s`,
        idleConnTimeout: `${UPSTREAM_IDLE}s`,
      },
    })),
  };
}

/** An empty value removes a header; X-Forwarded-For is not set again only if its name is written like this. */
const STRIPPED = Object.fromEntries(
  STRIPPED_HEADERS.map((name) => [name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()), '']),
);

function tls({ certificate, key, clientCa }: ProxyPlan) {
  return {
    stores: { default: { defaultCertificate: { certFile: certificate, keyFile: key } } },
    options: {
      default: {
        minVersion: 'VersionTLS12',
        alpnProtocols: ['http/1.1'],
        // A resumed session would skip a part of the check of the client certificate.
        disableSessionTickets: true,
        clientAuth: { caFiles: [clientCa], clientAuthType: 'RequireAndVerifyClientCert' },
      },
    },
  };
}
