import { describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { fleetServerRefusals } from './kits.ts';

describe('what a Fleet Server host refuses', () => {
  const rows: readonly [string, Deployment, KeyKind, readonly [string, string][]][] = [
    [
      'no Elasticsearch',
      { fleetServer: { elasticsearchUrl: undefined } },
      'rsa',
      [
        [
          '/fleetServer/elasticsearchUrl',
          'fleetServer.elasticsearchUrl is required: the address of Elasticsearch',
        ],
      ],
    ],
    [
      'Elasticsearch without TLS',
      { fleetServer: { elasticsearchUrl: 'http://es:9200' } },
      'rsa',
      [['/fleetServer/elasticsearchUrl', 'must start with https://, because TLS is required']],
    ],
    [
      'a password in the address',
      { fleetServer: { elasticsearchUrl: 'https://elastic:changeme@es:9200' } },
      'rsa',
      [['/fleetServer/elasticsearchUrl', 'must not contain a user or password']],
    ],
    [
      'a token for a path',
      { fleetServer: { serviceTokenPath: 'AAEAAWVsYXN0aWMvZmxlZXQtc2VydmVyL3Rva2VuLTE6eHg' } },
      'rsa',
      [
        [
          '/fleetServer/serviceTokenPath',
          'is the service token itself: revoke it, write a new one to a file',
        ],
      ],
    ],
    [
      'a relative path',
      { fleetServer: { serviceTokenPath: 'token' } },
      'rsa',
      [['/fleetServer/serviceTokenPath', 'fleetServer.serviceTokenPath must be an absolute path']],
    ],
    [
      'the token in the file of the key',
      { fleetServer: { serviceTokenPath: '/etc/fleetseal//fleet-server.key' } },
      'rsa',
      [['/fleetServer/serviceTokenPath', "is one of the kit's own files"]],
    ],
    [
      'the passphrase in the file of the token',
      {
        keyPassphraseFile: '/etc/fleetseal/service-token',
        fleetServer: { elasticsearchClientCertificate: false },
      },
      'rsa',
      [['/keyPassphraseFile', "is one of the kit's own files"]],
    ],
    [
      "the listener's key in the file of the token",
      {
        trust: { fleetServer: { path: '/etc/ca.crt' } },
        fleetServer: {
          serviceTokenPath: '/etc/secret',
          listenerCertificatePath: '/etc/listener.crt',
          listenerKeyPath: '/etc/secret',
        },
      },
      'rsa',
      [['/fleetServer/listenerKeyPath', 'is the same file as fleetServer.serviceTokenPath']],
    ],
    [
      "the listener's passphrase in the file of its key",
      {
        trust: { fleetServer: { path: '/etc/ca.crt' } },
        fleetServer: {
          listenerCertificatePath: '/etc/listener.crt',
          listenerKeyPath: '/etc/listener.key',
          listenerKeyPassphrasePath: '/etc//listener.key',
        },
      },
      'rsa',
      [['/fleetServer/listenerKeyPassphrasePath', 'is the same file as fleetServer.listenerKeyPath']],
    ],
    [
      'a fingerprint of another hash',
      { fleetServer: { elasticsearchCaFingerprint: 'ab:cd' } },
      'rsa',
      [['/fleetServer/elasticsearchCaFingerprint', 'must be 64 hex digits']],
    ],
    [
      'client authentication that enroll.go does not know',
      { fleetServer: { clientAuth: 'require' } },
      'rsa',
      [['/fleetServer/clientAuth', '"require" is not supported: use one of none, optional, required']],
    ],
    [
      'port 0',
      { fleetServer: { port: 0 } },
      'rsa',
      [['/fleetServer/port', 'must be a whole number from 1 to 65535']],
    ],
    [
      'the internal port',
      { fleetServer: { port: 8221 } },
      'rsa',
      [['/fleetServer/port', "8221 is where the host's own agent reaches Fleet Server"]],
    ],
    [
      'a host with a port',
      { fleetServer: { bindHost: 'fleet:8220/' } },
      'rsa',
      [['/fleetServer/bindHost', 'must be an IP address or a host name of this host, without port']],
    ],
    [
      'a policy that reads as a flag',
      { fleetServer: { policyId: '-x y' } },
      'rsa',
      [['/fleetServer/policyId', 'must be the ID of an agent policy']],
    ],
    [
      'the system’s CAs for Fleet Server',
      { trust: { fleetServer: 'system' } },
      'rsa',
      [['/trust/fleetServer', "replaces the system's CAs"]],
    ],
    [
      'an encrypted key that Elasticsearch is shown',
      { keyPassphraseFile: '/p' },
      'rsa',
      [['/keyPassphraseFile', 'no flag for the passphrase of --fleet-server-es-cert-key']],
    ],
    [
      'an encrypted Ed25519 key, wherever it is used',
      { keyPassphraseFile: '/p', fleetServer: { elasticsearchClientCertificate: false } },
      'ed25519',
      [['/keyPassphraseFile', 'Elastic Agent cannot read an encrypted Ed25519 key']],
    ],
    [
      'an encrypted key in a container',
      { os: 'container', keyPassphraseFile: '/p', fleetServer: { elasticsearchClientCertificate: false } },
      'rsa',
      [['/keyPassphraseFile', 'does not apply to a container']],
    ],
    [
      'an encrypted key before 8.16',
      {
        stackVersion: '8.15.5',
        keyPassphraseFile: '/p',
        fleetServer: { elasticsearchClientCertificate: false },
      },
      'rsa',
      [['/keyPassphraseFile', 'has no --elastic-agent-cert-key-passphrase: upgrade it to 8.16.0 or later']],
    ],
    [
      'Ed25519 in the FIPS build',
      { agent: { fips: true } },
      'ed25519',
      [['/agent/fips', 'only the newest FIPS builds of Elastic Agent accept']],
    ],
    [
      'versions without the flags',
      { stackVersion: '8.12.2' },
      'rsa',
      [['/stackVersion', 'upgrade it to 8.13.0 or later']],
    ],
    ['no address', { fleetUrl: undefined }, 'rsa', [['/fleetUrl', 'fleetUrl is required']]],
  ];
  test.each(rows)('%s', (_, deployment, keyKind, expected) => {
    const errors = fleetServerRefusals(deployment, keyKind);
    expect(errors.map(({ pointer }) => pointer)).toEqual(expected.map(([field]) => `#/deployment${field}`));
    errors.forEach(({ detail }, index) => {
      expect(detail).toContain(expected[index]?.[1]);
    });
  });

  test('an agent’s deployment does not take fleetServer in silence', async () => {
    const { refusals } = await import('../agent/kits.ts');
    expect(refusals({ fleetServer: { elasticsearchUrl: 'https://es:9200' } })).toEqual([
      {
        pointer: '#/deployment/fleetServer',
        detail: 'fleetServer does not apply to a certificate of profile agent: leave it out',
      },
    ]);
  });
});
