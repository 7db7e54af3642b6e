import { describe, expect, test } from '@jest/globals';
import { type Asked, eckAgentKit, IMAGE, MANAGED, refusals } from './kits.ts';

const FLEET_SERVER = { profile: 'fleet-server' } as const;

describe('an Agent of ECK is refused', () => {
  const rows: readonly [string, Asked, string, string][] = [
    [
      'with Elasticsearch elsewhere',
      { more: { model: 'on-premises-hosted-elasticsearch' } },
      '/model',
      'container.runtime "eck" needs the model on-premises, because ECK connects its Agents to the Fleet Server and Elasticsearch of the cluster: change the model, or use the runtime "kubernetes"',
    ],
    [
      'for a version that is none',
      { eck: { eckVersion: '3.5' } },
      '/eck/eckVersion',
      "eckVersion must be three numbers, such as 3.5.0: see the tag of the operator's image",
    ],
    [
      'for a workload that ECK does not make',
      { eck: { ...MANAGED, workloadKind: 'DaemonSet' } },
      '/eck/workloadKind',
      'workloadKind "DaemonSet" is not supported: use one of daemonSet, deployment, statefulSet, as in the Agent\'s spec. Did you mean "daemonSet"?',
    ],
    [
      'with the image in the place of the metrics',
      { eck: { ...MANAGED, jobImage: IMAGE } },
      '/eck/jobImage',
      'jobImage does not apply to an Agent, whose job uses container.image: move it there',
    ],
    [
      'with a field of the metrics',
      { eck: { ...MANAGED, prometheusName: 'k8s' } },
      '/eck/prometheusName',
      "prometheusName is a setting of the operator's metrics endpoint and does not apply to Agents: leave it out",
    ],
    [
      'for a Secret whose name is none',
      { eck: { ...MANAGED, secretName: "a'b" } },
      '/eck/secretName',
      'secretName must be a Kubernetes name of 1 to 57 lower-case letters, digits and hyphens, with a letter or digit at both ends',
    ],
    [
      'for a name that ECK refuses',
      { container: { workload: 'a'.repeat(37) } },
      '/container/workload',
      'workload must be the name of the Agent, of at most 36 characters: ECK refuses longer ones',
    ],
    [
      'with a user',
      { container: { uid: 1000 } },
      '/container/uid',
      'uid does not apply to ECK, since every user of the pod can read a mounted Secret: leave it out',
    ],
    [
      'with one Secret for token and certificate',
      { container: { tokenSecret: 'elastic-agent-fleetseal' } },
      '/container/tokenSecret',
      'tokenSecret is the Secret with the certificate: give the token a Secret of its own',
    ],
    [
      'with a CA of its own',
      { more: { trust: { fleetServer: 'system' } } },
      '/trust/fleetServer',
      'trust.fleetServer does not apply to ECK, which gives its pods the CAs of their servers: leave it out',
    ],
    [
      'with outputs',
      { more: { outputs: [] } },
      '/outputs',
      'outputs does not apply to ECK, whose Kibana resource has them (xpack.fleet.outputs): leave it out',
    ],
    [
      'to be moved over',
      { more: { agent: { alreadyEnrolled: true } } },
      '/agent/alreadyEnrolled',
      'alreadyEnrolled does not apply to ECK, where all pods move when their Agent resource changes: leave it out',
    ],
    [
      'with tags',
      { more: { agent: { tags: ['edge'] } } },
      '/agent/tags',
      "tags does not apply to ECK: leave it out, and set ELASTIC_AGENT_TAGS in the Agent's pod template",
    ],
    [
      'with headers',
      { more: { agent: { headers: { 'X-Tenant': 'blue' } } } },
      '/agent/headers',
      "headers does not apply to ECK: leave it out, and set FLEET_HEADER (from 9.5.0 FLEET_HEADERS) in the Agent's pod template",
    ],
    [
      'with an address that needs no certificate',
      { more: { fleetUrl: 'http://fleet' } },
      '/fleetUrl',
      'fleetUrl must start with https://, because TLS is required',
    ],
    [
      'with a passphrase',
      { more: { keyPassphraseFile: '/p' } },
      '/keyPassphraseFile',
      'keyPassphraseFile does not apply to a container, which has no variable for it: leave it out and mount an unencrypted key',
    ],
    [
      'as a Fleet Server with an Ed25519 key',
      { ...FLEET_SERVER, keyKind: 'ed25519' },
      '/container/runtime',
      "ECK cannot read an Ed25519 key for Fleet Server's certificate: enroll with an RSA, P-256, P-384 or P-521 key",
    ],
    [
      'as a Fleet Server whose name the certificate lacks',
      { ...FLEET_SERVER, container: { namespace: 'elastic' } },
      '#/dnsNames',
      "agents of the cluster reach this Fleet Server as fleet-server-agent-http.elastic.svc, which is not among the certificate's DNS names and IP addresses (it has fleet-server-agent-http.default.svc): add it to dnsNames (and to names.dns of the token), or correct workload and namespace",
    ],
    [
      'as a Fleet Server with a port',
      { ...FLEET_SERVER, more: { fleetServer: { port: 8221 } } },
      '/fleetServer/port',
      "fleetServer.port does not apply to ECK, which sets it from the Agent's elasticsearchRefs and Service: leave it out",
    ],
    [
      'as a Fleet Server whose listener has a key of its own',
      { ...FLEET_SERVER, more: { fleetServer: { listenerKeyPath: '/pki/fleet.key' } } },
      '/fleetServer/listenerKeyPath',
      'fleetServer.listenerKeyPath is a file that the pods of ECK do not have, since they present the certificate of a Secret: leave it out',
    ],
    [
      'as a Fleet Server that asks in an unknown way',
      { ...FLEET_SERVER, more: { fleetServer: { clientAuth: 'always' } } },
      '/fleetServer/clientAuth',
      'fleetServer.clientAuth "always" is not supported: use one of none, optional, required',
    ],
    [
      "as Elasticsearch's client where ECK has no field for it",
      { profile: 'output-client', eck: { eckVersion: '3.4.0' } },
      '/eck',
      'a certificate for Elasticsearch only needs ECK 3.5.0 or later with an Enterprise licence: upgrade, or use a certificate of profile fleet-server, which Fleet Server can present to Elasticsearch in every version',
    ],
  ];
  test.each(rows)('%s', (_, asked, field, detail) => {
    const pointer = field.startsWith('#') ? field : `#/deployment${field}`;
    expect(refusals(asked)).toEqual([{ pointer, detail }]);
  });

  test('not for names that are not known yet: the kit asks for that of the Service', () => {
    const kit = eckAgentKit({ ...FLEET_SERVER, dnsNames: undefined, container: { namespace: 'elastic' } });
    expect(kit.kubernetes.tokenRequest).toMatchObject({
      names: { commonName: 'elastic-agent', dns: ['fleet-server-agent-http.elastic.svc'] },
    });
  });

  test('nothing of it where the runtime is another', () => {
    expect(() => eckAgentKit({ container: { runtime: 'docker' }, eck: {} })).toThrow(/fleetUrl is required/);
  });
});
