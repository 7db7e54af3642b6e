import { describe, expect, test } from '@jest/globals';
import { type Asked, eckAgentKit, MANAGED } from './kits.ts';

const UNLICENSED = { ...MANAGED, enterpriseLicense: false };

describe('the notes say in so many words', () => {
  const rows: readonly [code: string, asked: Asked, message: string][] = [
    [
      'eck_enterprise_license',
      { eck: { eckVersion: '3.5.0' } },
      'ECK asks for client certificates with an Enterprise licence or trial only: without one it ignores these fields, with a mere event on the resource, and every agent gets in without a certificate. Say eck.enterpriseLicense false to get a kit that needs no licence, true to lose this note.',
    ],
    [
      'eck_certificate_mounted',
      { eck: UNLICENSED },
      "ECK manages client certificates with an Enterprise licence only: the certificate is set in the pod template, as in Elastic's recipe for mutual TLS by hand, which needs no licence. Use the same way for the Fleet Server and all of its agents.",
    ],
    [
      'eck_trust_bundle',
      { profile: 'fleet-server' },
      "Fleet Server trusts the certificates themselves that ECK collects from its Agents, each with the whole of its tls.crt. Since this kit's hold their issuer, every client certificate of that issuer is let in: renewed ones at once, and those of agents outside the cluster. Agents outside whose certificate is of another issuer of fleetseal are not: for those set eck.enterpriseLicense to false, whose kit trusts the roots.",
    ],
    [
      'eck_not_for_elasticsearch',
      { profile: 'fleet-server' },
      "Do not name fleet-server-fleetseal in elasticsearchRefs: ECK would copy Fleet Server's private key into the namespaces of all its agents. Where Elasticsearch asks for certificates, ECK makes one, or takes one of profile output-client.",
    ],
    [
      'eck_recipe_corrected',
      { profile: 'fleet-server', eck: UNLICENSED },
      "The recipe sets CERTIFICATE_AUTHORITIES, which Elastic Agent does not read: what verifies the agents is FLEET_CA, here the ca.crt of the Secret with fleetseal's roots.",
    ],
    [
      'eck_restarts_fleet_server',
      { profile: 'fleet-server' },
      'ECK restarts the pods of Fleet Server, one by one, when its certificate changes, and where it manages client certificates also when that of one of its Agents does: have more than one replica.',
    ],
    [
      'eck_elasticsearch_must_ask',
      { profile: 'output-client' },
      'ECK uses clientCertificateSecretName only where the Elasticsearch of elasticsearchRefs has spec.http.tls.client.authentication: true. On a Fleet Server it copies certificate and key into the namespaces of all Agents that refer to it, which then show the same certificate.',
    ],
    [
      'eck_ec_key_form',
      { profile: 'fleet-server', keyKind: 'p384' },
      'ECK reads an elliptic curve key of Fleet Server only as EC PRIVATE KEY, in which form the kit makes it; old releases of ECK read RSA keys only.',
    ],
    [
      'eck_token',
      {},
      "Make the bootstrap token by POST /v1/tokens with tokenRequest, with the networks from which the nodes reach the service in the place of {{EGRESS_CIDR}}. Put it into FLEETSEAL_TOKEN and the service's address, without a path, into FLEETSEAL_URL. A token lives a year at most: before that make another and run the first command again, or nothing is renewed.",
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
