/** What a terminating proxy is to do: the same for every program that does it. Every text in it is plain: see rules.ts. */
export interface ProxyPlan {
  /** Its certificate followed by the issuers, and its key. */
  readonly certificate: string;
  readonly key: string;
  /** fleetseal's roots: who is let in. */
  readonly clientCa: string;
  readonly services: readonly ProxyService[];
  /** Seconds that a request may wait for its answer, and an idle connection stay open. */
  readonly hold: number;
  /** The account that serves after the key was read as root. @default - the one that started the proxy */
  readonly account?: string | undefined;
}

/** One of the servers behind the proxy, and where clients find it. */
export interface ProxyService {
  readonly name: 'fleet' | 'elasticsearch';
  /** What clients connect to. */
  readonly host: string;
  readonly port: number;
  readonly upstream: ProxyUpstreamPlan;
  /** Mebibytes of a request's body that are accepted. */
  readonly maxBody: number;
}

interface ProxyUpstreamPlan {
  /** Sent as SNI and, with a port other than 443, as Host; the certificate must hold it. */
  readonly host: string;
  readonly port: number;
  /** Where to connect, where DNS is not to be asked (a private link). @default - what `host` resolves to */
  readonly address?: string | undefined;
  /** The CA certificates that verify it. */
  readonly ca: string;
}

/**
 * Fleet Server holds a check-in for 5 minutes (`checkin_long_poll`), or for as long as the agent asks: its own request
 * ends after 10 (elastic/elastic-agent#2408). So nothing may end a silent request before.
 */
export const HOLD = 900;

/**
 * Fleet: the largest body that Fleet Server takes is the start of an upload, 5 MiB; a chunk is 4 (fleet-server,
 * fleet-server.reference.yml, limits); 8 leaves room. Elasticsearch: http.max_content_length is 100 MiB by default.
 */
export const MAX_BODY = { fleet: 8, elasticsearch: 100 } as const;

/** Seconds: Fleet Server closes connections after 30 idle ones, so the proxy forgets them before. */
export const UPSTREAM_IDLE = 20;

/** Connections at once: every agent holds one for its check-in, which takes two of the proxy's. */
export const CONNECTIONS = 32_768;

/**
 * Headers by which a client could claim to be somebody else, to Elasticsearch (run-as), to Elastic Cloud's router, which
 * takes X-Found-Cluster before the host name, or to whatever trusts a proxy's word. Agents send none of them.
 */
export const STRIPPED_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-client-cert',
  'x-real-ip',
  'x-client-cert',
  'x-ssl-client-cert',
  'x-ssl-client-dn',
  'x-ssl-client-verify',
  'x-found-cluster',
  'es-security-runas-user',
] as const;

/** The Host header for the upstream: with its port unless that is the one of https. */
export function authority({ host, port }: ProxyUpstreamPlan): string {
  return port === 443 ? host : `${host}:${port}`;
}

/** The services by the port on which they listen; where two share one, the name that the client asks for decides. */
export function byPort(
  services: readonly ProxyService[],
): readonly (readonly [number, readonly ProxyService[]])[] {
  return [...Map.groupBy(services, ({ port }) => port)];
}
