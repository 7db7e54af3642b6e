import { yaml } from '../syntax/yaml.ts';
import {
  authority,
  byPort,
  CONNECTIONS,
  type ProxyPlan,
  type ProxyRevocationPlan,
  type ProxyService,
  STRIPPED_HEADERS,
  UPSTREAM_IDLE,
} from './plan.ts';

/** A configuration behind the name of its type, below envoy.extensions. */
function typed<T extends object>(type: string, configuration: T) {
  return { '@type': `type.googleapis.com/envoy.extensions.${type}`, ...configuration };
}

/** An extension of Envoy by its name. */
function extension<T extends object>(name: string, type: string, configuration: T) {
  return { name: `envoy.${name}`, typed_config: typed(type, configuration) };
}

/** Without it, the highest version of a client is TLS 1.2. */
const VERSIONS = { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' };

/** A whole envoy.yaml (Envoy 1.30 or later) that terminates mutual TLS. */
export function envoyYaml(plan: ProxyPlan): string {
  const bootstrap = {
    // The secret discovery service requires a name for this Envoy, whatever it is.
    ...(plan.revocation === undefined ? {} : { node: { id: 'proxy', cluster: 'proxy' } }),
    static_resources: {
      listeners: byPort(plan.services).map(([port, services]) => listener(plan, port, services)),
      clusters: plan.services.map(cluster),
    },
  };
  return yaml(bootstrap);
}

/**
 * What verifies clients, as a file of its own. Envoy reads the files named in it again when one of them is replaced by a
 * move, but only if the secret is discovered (Envoy, CertificateValidationContext; envoyproxy/envoy#27751).
 */
export function envoySecretYaml({ clientCa, revocation }: ProxyPlan & Revoking): string {
  const secret = typed('transport_sockets.tls.v3.Secret', {
    name: SECRET,
    validation_context: {
      ...validation(clientCa),
      crl: { filename: revocation.lists },
    },
  });
  return yaml({ resources: [secret] });
}

interface Revoking {
  readonly revocation: ProxyRevocationPlan;
}

const SECRET = 'clients';

const TLS = 'transport_sockets.tls';

function validation(clientCa: string) {
  return {
    trusted_ca: { filename: clientCa },
    // The leaf does not count: issuer, root, a cross-signed root.
    max_verify_depth: 3,
  };
}

function clientValidation({ clientCa, revocation }: ProxyPlan) {
  if (revocation === undefined) return { validation_context: validation(clientCa) };
  const source = { path_config_source: { path: revocation.envoySecret }, resource_api_version: 'V3' };
  return { validation_context_sds_secret_config: { name: SECRET, sds_config: source } };
}

function listener(plan: ProxyPlan, port: number, services: readonly ProxyService[]) {
  const inspector = extension(
    'filters.listener.tls_inspector',
    'filters.listener.tls_inspector.v3.TlsInspector',
    {},
  );
  const shared = services.length > 1;
  return {
    name: `port-${port}`,
    address: { socket_address: { address: '::', port_value: port, ipv4_compat: true } },
    ...(shared ? { listener_filters: [inspector] } : {}),
    filter_chains: services.map((service) => ({
      ...(shared ? { filter_chain_match: { server_names: [service.host] } } : {}),
      transport_socket: downstreamTls(plan),
      filters: [connectionManager(plan, service)],
    })),
  };
}

function downstreamTls(plan: ProxyPlan) {
  const { certificate, key } = plan;
  return extension(TLS, 'transport_sockets.tls.v3.DownstreamTlsContext', {
    require_client_certificate: true,
    // A resumed session would skip the check of the client certificate.
    disable_stateless_session_resumption: true,
    disable_stateful_session_resumption: true,
    common_tls_context: {
      tls_params: VERSIONS,
      alpn_protocols: ['http/1.1'],
      tls_certificates: [{ certificate_chain: { filename: certificate }, private_key: { filename: key } }],
      ...clientValidation(plan),
    },
  });
}

function connectionManager({ hold }: ProxyPlan, { name, upstream }: ProxyService) {
  const router = extension('filters.http.router', 'filters.http.router.v3.Router', {
    suppress_envoy_headers: true,
  });
  const route = {
    match: { prefix: '/' },
    // 0s: a whole response has no limit (the default is 15s); silence within it has one.
    route: {
      cluster: name,
      host_rewrite_literal: authority(upstream),
      timeout: '0s',
      idle_timeout: `${hold}s`,
    },
  };
  const manager = 'filters.network.http_connection_manager';
  return extension(manager, `${manager}.v3.HttpConnectionManager`, {
    stat_prefix: name,
    codec_type: 'HTTP1',
    use_remote_address: true,
    skip_xff_append: true,
    generate_request_id: false,
    stream_idle_timeout: `${hold}s`,
    common_http_protocol_options: { idle_timeout: `${hold}s` },
    route_config: {
      name,
      request_headers_to_remove: STRIPPED_HEADERS,
      virtual_hosts: [{ name, domains: ['*'], routes: [route] }],
    },
    http_filters: [router],
  });
}

function cluster({ name, upstream }: ProxyService) {
  const { host, port, address, ca } = upstream;
  const endpoint = { address: { socket_address: { address: address ?? host, port_value: port } } };
  const limits = {
    max_connections: CONNECTIONS,
    max_pending_requests: CONNECTIONS,
    max_requests: CONNECTIONS,
  };
  return {
    name,
    type: 'LOGICAL_DNS',
    connect_timeout: '10s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    // Each agent keeps a check-in open; the default is 1024.
    circuit_breakers: { thresholds: [limits] },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'upstreams.http.v3.HttpProtocolOptions',
        {
          common_http_protocol_options: { idle_timeout: `${UPSTREAM_IDLE}s` },
          explicit_http_config: { http_protocol_options: {} },
        },
      ),
    },
    transport_socket: extension(TLS, 'transport_sockets.tls.v3.UpstreamTlsContext', {
      sni: host,
      common_tls_context: {
        tls_params: VERSIONS,
        alpn_protocols: ['http/1.1'],
        validation_context: {
          trusted_ca: { filename: ca },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: host } }],
        },
      },
    }),
  };
}
