import { describe, expect, test } from '@jest/globals';
import { type Asked, eckAgentKit, MANAGED } from './kits.ts';

const UNLICENSED = { ...MANAGED, enterpriseLicense: false };

describe('the notes say in so many words', () => {
  const rows: readonly [code: string, asked: Asked, message: string][] = [
    [
      'eck_enterprise_license',
      { eck: { eckVersion: '3.5.0' } },
      'ECK requires client certificates only with an Enterprise licence or trial. Without one, it ignores these fields, reports that only in an event on the resource, and admits every agent without a certificate. Set eck.enterpriseLicense to false to get a kit that needs no licence, or to true to remove this note.',
    ],
    [
      'eck_certificate_mounted',
      { eck: UNLICENSED },
      "ECK manages client certificates only with an Enterprise licence, so this kit mounts the certificate in the pod template, as Elastic's recipe for manual mutual TLS does, which needs no licence. Do the same for the Fleet Server and all of its agents.",
    ],
    [
      'eck_trust_bundle',
      { profile: 'fleet-server' },
      'ECK collects the certificates of its Agents, each with its whole tls.crt, and Fleet Server trusts those instead of roots. The tls.crt of this kit includes the issuer, so Fleet Server accepts every client certificate of that issuer, also renewed ones and those of agents outside the cluster. It refuses outside agents with a certificate from another issuer of fleetseal: if you have any, set eck.enterpriseLicense to false to get a kit that trusts the roots.',
    ],
    [
      'eck_not_for_elasticsearch',
      { profile: 'fleet-server' },
      "Do not name fleet-server-fleetseal in elasticsearchRefs: ECK would copy Fleet Server's private key into the namespaces of all its agents. If Elasticsearch asks for certificates, ECK makes one, or uses one of profile output-client.",
    ],
    [
      'eck_recipe_corrected',
      { profile: 'fleet-server', eck: UNLICENSED },
      "Elastic's recipe sets CERTIFICATE_AUTHORITIES, which Elastic Agent does not read. Fleet Server verifies agents with FLEET_CA, which is the Secret's ca.crt here, with fleetseal's roots.",
    ],
    [
      'eck_restarts_fleet_server',
      { profile: 'fleet-server' },
      'ECK restarts the pods of Fleet Server, one by one, when its certificate changes, and if ECK manages client certificates, also when the certificate of one of its Agents does: run more than one replica.',
    ],
    [
      'eck_elasticsearch_must_ask',
      { profile: 'output-client' },
      'ECK uses clientCertificateSecretName only if the Elasticsearch of elasticsearchRefs has spec.http.tls.client.authentication: true. For a Fleet Server, it copies certificate and key into the namespaces of all Agents that refer to it, which then present the same certificate.',
    ],
    [
      'eck_ec_key_form',
      { profile: 'fleet-server', keyKind: 'p384' },
      'ECK reads an elliptic curve key of Fleet Server only in the form EC PRIVATE KEY, which the kit uses. Old releases of ECK read only RSA keys.',
    ],
    [
      'eck_token',
      {},
      "Create the bootstrap token with POST /v1/tokens and tokenRequest, after you replace {{EGRESS_CIDR}} with the networks from which the nodes reach the service. Put the token into FLEETSEAL_TOKEN and the service's address, without a path, into FLEETSEAL_URL. It is for the first certificate. Create another, and run the first command again, only where the service does not renew the certificate, as after a revocation: the log of the job gives the reason.",
    ],
  ];
  test.each(rows)('%s', (code, asked, message) => {
    const found = eckAgentKit(asked).notes.find((note) => note.code === code);
    expect(found?.message).toBe(message);
    expect(found?.source).toMatch(/\w/);
  });

  test('each once, and none that is of the other way', () => {
    for (const eck of [MANAGED, UNLICENSED])
      for (const profile of ['agent', 'fleet-server'] as const) {
        const codes = eckAgentKit({ profile, eck }).notes.map(({ code }) => code);
        expect(new Set(codes).size).toBe(codes.length);
        expect(codes.includes('eck_trust_bundle')).toBe(eck === MANAGED && profile === 'fleet-server');
        expect(codes.includes('eck_output_in_kibana')).toBe(eck !== MANAGED && profile === 'agent');
      }
  });
});
