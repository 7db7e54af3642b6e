import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { fleetServerNotes } from '../../../../shared/elastic/fleet-server/notes.ts';
import { PEM } from '../rendering.ts';
import { fleetServerKit, resolvedFleetServer } from './kits.ts';

describe('notes on a Fleet Server host', () => {
  const ALWAYS = [
    'certificate_authorities_has_two_roles',
    'elasticsearch_ca_is_one_path',
    'elasticsearch_client_certificate',
    'enrollment_token_of_policy',
    'fleet_server_needs_own_output',
    'fleet_url_in_certificate',
    'guide_lacks_client_auth',
    'guide_lacks_own_client_certificate',
    'service_token_without_newline',
  ];
  const HOST = ['enroll_makes_new_agent', 'unprivileged_later'];
  const CONTAINER = [
    'container_environment_stays',
    'container_mount',
    'docker_state',
    'docker_selinux',
    'docker_same_agent',
    'docker_image',
  ];
  const rows: readonly [string, Deployment, readonly string[], readonly string[]][] = [
    ['nothing special', {}, HOST, []],
    ['a token', { fleetEnrollmentToken: 'dA==' }, HOST, ['enrollment_token_of_policy']],
    ['no policy', { fleetServer: { policyId: undefined } }, [...HOST, 'policy_id_missing'], []],
    ['optional', { fleetServer: { clientAuth: 'optional' } }, [...HOST, 'client_auth_not_required'], []],
    ['none', { fleetServer: { clientAuth: 'none' } }, [...HOST, 'client_auth_not_required'], []],
    ['port 443', { fleetServer: { elasticsearchUrl: 'https://es.example.com:443' } }, HOST, []],
    ['IPv6', { fleetServer: { elasticsearchUrl: 'https://[2001:db8::1]:9200' } }, HOST, []],
    [
      'a fingerprint and the system',
      { trust: { elasticsearch: 'system' }, fleetServer: { elasticsearchCaFingerprint: 'a'.repeat(64) } },
      [...HOST, 'ca_fingerprint_needs_chain'],
      ['elasticsearch_ca_is_one_path'],
    ],
    ['a proxy', { agent: { proxy: { url: 'http://p:3128' } } }, [...HOST, 'proxy_is_for_elasticsearch'], []],
    [
      'no client certificate for Elasticsearch',
      { fleetServer: { elasticsearchClientCertificate: false } },
      [...HOST, 'elasticsearch_client_certificate_left_out'],
      ['elasticsearch_client_certificate'],
    ],
    ['a package', { agent: { fromPackage: true } }, ['package_enrolls', 'package_has_fleet_server'], []],
    [
      'a package before flavors',
      { stackVersion: '8.19.0', agent: { fromPackage: true } },
      ['package_enrolls'],
      [],
    ],
    ['8.16.1', { stackVersion: '8.16.1' }, [...HOST, 'fleet_server_checks_client_name'], []],
    [
      'unprivileged, port 443',
      { agent: { unprivileged: true }, fleetServer: { port: 443 } },
      [
        'enroll_makes_new_agent',
        'unprivileged_needs_group_first',
        'fleet_server_port_differs',
        'privileged_port',
      ],
      [],
    ],
    ['a container', { os: 'container' }, CONTAINER, []],
    [
      'a container with two CAs',
      { os: 'container', trust: { fleetServer: { pem: PEM.other } } },
      [...CONTAINER, 'container_two_ca_files', 'second_ca_not_of_listener'],
      [],
    ],
  ];
  test('the output of agents is not for this host', () => {
    const { notes } = fleetServerKit();
    expect(notes.find(({ code }) => code === 'fleet_server_needs_own_output')?.message).toBe(
      "The agents' output names agent.crt and agent.key, which this host does not have: give Fleet Server's policy an output of its own with /etc/fleetseal/fleet-server.crt and its key, or write a certificate of profile agent to this host too.",
    );
  });

  test.each(rows)('%s', (_, deployment, more, less) => {
    // Of this section alone: others add notes of their own.
    const resolved = resolvedFleetServer(deployment);
    const notes = fleetServerNotes(resolved, resolved.fleetServer, false);
    const expected = [...ALWAYS.filter((code) => !less.includes(code)), ...more];
    expect(notes.map(({ code }) => code).sort()).toEqual(expected.sort());
    for (const { message, source } of notes) {
      expect(message).toMatch(/\.$/);
      expect(source).toMatch(/elastic|fleet-server/i);
    }
  });
});
