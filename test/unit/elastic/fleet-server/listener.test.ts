import { describe, expect, test } from '@jest/globals';
import { activation } from '../../../../shared/elastic/activation.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { PEM } from '../rendering.ts';
import { fleetServerKit, fleetServerRefusals, resolvedFleetServer } from './kits.ts';

describe('a listener that keeps the certificate of another CA', () => {
  const deployment: Deployment = {
    keyPassphraseFile: '/etc/fleetseal/key.pass',
    fleetServer: {
      elasticsearchClientCertificate: false,
      listenerCertificatePath: '/pki/fleet.crt',
      listenerKeyPath: '/pki//fleet.key',
      listenerKeyPassphrasePath: '/pki/fleet.pass',
    },
    trust: { fleetServer: { pem: PEM.other } },
  };
  const CONTAINED: Deployment = {
    os: 'container',
    fleetServer: { listenerCertificatePath: '/pki/fleet.crt', listenerKeyPath: '/pki/fleet.key' },
    trust: { fleetServer: { pem: PEM.other } },
  };

  test('shows it, while the host’s own agent shows that of fleetseal', () => {
    const { fleetServer, files } = fleetServerKit(deployment);
    expect(fleetServer.install?.arguments).toEqual(
      expect.arrayContaining([
        '--certificate-authorities=/etc/fleetseal/fleet-server-ca.crt,/etc/fleetseal/ca.crt',
        '--elastic-agent-cert=/etc/fleetseal/fleet-server.crt',
        '--elastic-agent-cert-key=/etc/fleetseal/fleet-server.key',
        '--elastic-agent-cert-key-passphrase=/etc/fleetseal/key.pass',
        '--fleet-server-cert=/pki/fleet.crt',
        '--fleet-server-cert-key=/pki/fleet.key',
        '--fleet-server-cert-key-passphrase=/pki/fleet.pass',
      ]),
    );
    expect(
      files
        .filter(({ path }) => /^.pki|fleet-server-ca/.test(path))
        .map(({ path, mode, purpose }) => [path, mode, purpose]),
    ).toEqual([
      ['/etc/fleetseal/fleet-server-ca.crt', '0644', 'the CA that verifies Fleet Server'],
      ['/pki/fleet.key', '0600', "the key of the listener's own certificate, which is already on the host"],
      ['/pki/fleet.pass', '0600', 'the passphrase of that key, without a newline at the end'],
    ]);
  });

  test('has its files in the container too', () => {
    const { environment, docker } = fleetServerKit(CONTAINED).fleetServer;
    expect(environment).toMatchObject({
      FLEET_CA: '/etc/fleetseal/fleet-server-ca.crt,/etc/fleetseal/ca.crt',
      FLEET_SERVER_CERT: '/pki/fleet.crt',
      FLEET_SERVER_CERT_KEY: '/pki/fleet.key',
      FLEET_SERVER_ES_CERT: '/etc/fleetseal/fleet-server.crt',
    });
    expect(environment).not.toHaveProperty('FLEET_SERVER_CERT_KEY_PASSPHRASE');
    expect(docker?.arguments).toEqual(
      expect.arrayContaining([
        '--mount=type=bind,source=/pki/fleet.crt,target=/pki/fleet.crt,readonly',
        '--mount=type=bind,source=/pki/fleet.key,target=/pki/fleet.key,readonly',
      ]),
    );
  });

  const note = (of: Deployment, code: string) =>
    fleetServerKit(of).notes.find((candidate) => candidate.code === code)?.message;

  test('is what agents verify, by the same CA', () => {
    expect(note(deployment, 'listener_keeps_certificate')).toBe(
      "The listener presents /pki/fleet.crt, which fleetseal does not renew. All agents verify it with the CA of trust.fleetServer, so their kits need the same setting. The host's own agent presents fleetseal's certificate.",
    );
    expect(note(CONTAINED, 'elasticsearch_client_certificate')).toBe(
      "Fleet Server presents fleetseal's certificate to Elasticsearch, or to a proxy in front of it. Elasticsearch asks for it if xpack.security.http.ssl.client_authentication is optional or required. The key cannot be encrypted, because there is no flag for its passphrase.",
    );
    expect(note(CONTAINED, 'listener_keeps_certificate')).toMatch(
      /, and Fleet Server presents it to Elasticsearch\.$/,
    );
    expect(note(deployment, 'fleet_url_in_certificate')).toContain(
      'fleet.example.com, with the DNS names and IP addresses in /pki/fleet.crt: it must be among them',
    );
    expect(note(deployment, 'second_ca_not_of_listener')).toBeUndefined();
  });

  test('without one, a second CA lets agents in and verifies no listener', () => {
    const trust = { fleetServer: { pem: PEM.other } };
    expect(note({ trust }, 'second_ca_not_of_listener')).toBe(
      "The listener presents fleetseal's certificate, so every agent must trust fleetseal's roots (ca.crt): /etc/fleetseal/fleet-server-ca.crt does not verify it, and only admits agents with certificates of that CA. If the listener has a certificate of that CA, give its files in fleetServer.listenerCertificatePath and listenerKeyPath.",
    );
    expect(fleetServerKit({ trust }).files.find(({ path }) => path.endsWith('server-ca.crt'))?.purpose).toBe(
      'another CA whose agents may connect',
    );
  });

  test.each<[string, Deployment, readonly [string, string][]]>([
    [
      'no key',
      {
        ...deployment,
        fleetServer: { listenerCertificatePath: '/pki/fleet.crt' },
        keyPassphraseFile: undefined,
      },
      [
        [
          '/fleetServer/listenerKeyPath',
          'fleetServer.listenerKeyPath is required with listenerCertificatePath: Fleet Server needs both certificate and key',
        ],
      ],
    ],
    [
      'no CA',
      { ...CONTAINED, trust: {} },
      [
        [
          '/trust/fleetServer',
          "trust.fleetServer is required with fleetServer.listenerCertificatePath: give the CA of the listener's certificate as pem or path, so that all agents, this host's own among them, can verify it",
        ],
      ],
    ],
    [
      'the kit’s own files, and a relative path',
      {
        ...CONTAINED,
        fleetServer: {
          listenerCertificatePath: '/etc/fleetseal/fleet-server.crt',
          listenerKeyPath: 'fleet.key',
        },
      },
      [
        [
          '/fleetServer/listenerCertificatePath',
          "fleetServer.listenerCertificatePath is one of the kit's own files, so fleetseal's certificate would overwrite the listener's: use another path, or leave it out so that the listener presents fleetseal's certificate",
        ],
        [
          '/fleetServer/listenerKeyPath',
          'fleetServer.listenerKeyPath must be an absolute path, for example /etc/fleetseal/listener.key',
        ],
      ],
    ],
  ])('is refused with %s', (_, refused, expected) => {
    expect(fleetServerRefusals(refused)).toEqual(
      expected.map(([field, detail]) => ({ pointer: `#/deployment${field}`, detail })),
    );
  });

  test('is not what a renewed certificate of fleetseal is for', () => {
    const of = (asked: Deployment) =>
      activation({ profile: 'fleet-server', deployment: resolvedFleetServer(asked) });
    expect(of(deployment)).not.toHaveProperty('fleetServer');
    const moving = { ...deployment, agent: { alreadyEnrolled: true } };
    expect(of(moving)).not.toHaveProperty('fleetServer');
  });
});
