import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { linesWith, PROXY, proxyKit } from './kits.ts';

describe('envoy.yaml', () => {
  const { listeners, clusters } = parse(proxyKit().proxy.envoy).static_resources;

  test('has a listener for each port, which asks for a certificate', () => {
    const ports = listeners.map((each: Listener) => each.address.socket_address.port_value);
    expect(ports).toEqual([8220, 9200]);
    for (const { filter_chains } of listeners) {
      const [{ transport_socket }] = filter_chains;
      expect(transport_socket.typed_config).toMatchObject({
        require_client_certificate: true,
        disable_stateless_session_resumption: true,
        common_tls_context: {
          validation_context_sds_secret_config: {
            name: 'clients',
            sds_config: {
              path_config_source: { path: '/etc/fleetseal/envoy-clients.yaml' },
              resource_api_version: 'V3',
            },
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
