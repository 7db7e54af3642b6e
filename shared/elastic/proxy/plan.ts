/** What a terminating proxy does, the same for every program. Every text in it is plain: see rules.ts. */
export interface ProxyPlan {
  /** Its certificate followed by the issuers, and its key. */
  readonly certificate: string;
  readonly key: string;
  /** fleetseal's roots, which verify clients. */
  readonly clientCa: string;
  /** Checks whether certificates are revoked. @default - nothing is checked */
  readonly revocation?: ProxyRevocationPlan | undefined;
  readonly services: readonly ProxyService[];
  /** Seconds that a request may wait for its response, and that an idle connection stays open. */
  readonly hold: number;
  /** The account that serves once root has read the key. @default - the one that started the proxy */
  readonly account?: string | undefined;
}

export interface ProxyRevocationPlan {
  /** The revocation lists of every CA in one PEM file, alone in its directory but for what belongs to it. */
  readonly lists: string;
  /** Envoy reads the CA file and the lists again by this file, a secret of its secret discovery service. */
  readonly envoySecret: string;
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
  /** Sent as SNI and, with a port other than 443, as Host; the server's certificate must contain it. */
  readonly host: string;
  readonly port: number;
  /** Where to connect instead of asking DNS (a private link). @default - what `host` resolves to */
  readonly address?: string | undefined;
  /** The CA certificates that verify it. */
  readonly ca: string;
}

/**
 * Seconds. Fleet Server holds a check-in for 5 minutes (`checkin_long_poll`), or for as long as the agent asks, whose
 * own request ends after 10 minutes (elastic/elastic-agent#2408). The proxy must not end a silent request before that.
 */
export const HOLD = 900;

/**
 * MiB. Fleet: the largest body that Fleet Server accepts is the start of an upload, 5 MiB; a chunk is 4 (fleet-server,
 * fleet-server.reference.yml, limits); 8 leaves room. Elasticsearch: http.max_content_length is 100 MiB by default.
 */
export const MAX_BODY = { fleet: 8, elasticsearch: 100 } as const;

/** Seconds: Fleet Server closes connections that were idle for 30, so the proxy drops them earlier. */
export const UPSTREAM_IDLE = 20;

/** Connections at a time: each agent keeps one open for its check-in, which takes two of the proxy's. */
export const CONNECTIONS = 32_768;

/**
 * Headers with which a client could claim to be somebody else: to Elasticsearch (run-as), to Elastic Cloud's router,
 * which prefers X-Found-Cluster to the host name, or to servers that trust a proxy's headers. Agents send none of them.
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

/** A line of a configuration for each of {@link STRIPPED_HEADERS}. */
export function stripped(line: (header: string) => string): string {
  return STRIPPED_HEADERS.map((header) => `${line(header)}\n`).join('');
}

/** What configurations say alike in comments. */
export const RESUMED = '# A resumed session would skip the check of the client certificate.';
export const DEPTH = '# The leaf, its issuer, the root, and a cross-signed root during a root rollover.';
export const LISTS =
  '# Read only at startup and at a reload. Once a list in it has expired, every client is refused.';
export const WAITS = "# An agent's check-in waits for minutes.";

/** The first line of a configuration. */
export function heading(file: string): string {
  return `# ${file}: terminates the mutual TLS of Elastic Agents and forwards their requests to Elastic Cloud.`;
}

/** The Host header for the upstream, with its port unless that is 443. */
export function authority({ host, port }: ProxyUpstreamPlan): string {
  return port === 443 ? host : `${host}:${port}`;
}

/** The services by the port on which they listen; if two share a port, the name that the client asks for decides. */
export function byPort(
  services: readonly ProxyService[],
): readonly (readonly [number, readonly ProxyService[]])[] {
  return [...Map.groupBy(services, ({ port }) => port)];
}
