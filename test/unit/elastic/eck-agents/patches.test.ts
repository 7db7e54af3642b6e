import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { EckSettings } from '../../../../shared/elastic/deployment/fields/eck.ts';
import { listAt } from '../../../support/json.ts';
import { expanded } from '../../../support/kubernetes-expansion.ts';
import { codesOf, eckAgentKit, IMAGE, MANAGED, noteOf, patchOf } from './kits.ts';

const HTTP = '/usr/share/fleet-server/config/http-certs';

describe('where ECK manages client certificates', () => {
  test('an agent names its Secret in fleetServerRef, and nothing else', () => {
    const kit = eckAgentKit();
    expect(patchOf(kit)).toEqual({
      fleetServerRef: { clientCertificateSecretName: 'elastic-agent-fleetseal' },
    });
    expect(kit.files).toEqual([]);
    expect(kit.elasticAgent).toBeUndefined();
  });

  test('a Fleet Server has its certificate, and asks its agents for theirs', () => {
    const kit = eckAgentKit({
      profile: 'fleet-server',
      more: { fleetServer: { policyId: 'eck-fleet-server' } },
    });
    expect(patchOf(kit)).toEqual({
      policyID: 'eck-fleet-server',
      http: {
        tls: {
          certificate: { secretName: 'fleet-server-fleetseal' },
          client: { authentication: true },
        },
      },
    });
    // Its private key would be copied into the namespaces of all its agents.
    expect(kit.kubernetes.commands.join()).not.toContain('elasticsearchRefs');
    expect(noteOf(kit, 'eck_not_for_elasticsearch')).toMatch(
      /Do not name fleet-server-fleetseal in elasticsearchRefs/,
    );
  });

  test('the client of Elasticsearch is a field of a list whose others stay', () => {
    const kit = eckAgentKit({ profile: 'output-client' });
    expect(kit.kubernetes.patches).toBeUndefined();
    expect(kit.kubernetes.commands).toContain(
      'kubectl patch agents.agent.k8s.elastic.co/fleet-server --namespace=default --type=json --patch=\'[{"op":"add","path":"/spec/elasticsearchRefs/0/clientCertificateSecretName","value":"fleet-server-fleetseal"}]\'',
    );
  });
});

describe('where ECK does not manage them, the certificate is set in the pod template', () => {
  test('lets no path refer to another variable', () => {
    const directory = '/srv/$(NODE_NAME)$x';
    const { kubernetes } = eckAgentKit({ eck: { enterpriseLicense: false }, more: { directory } });
    const env = listAt(
      parse(kubernetes.patches ?? ''),
      'spec.daemonSet.podTemplate.spec.containers.0.env.*.value',
    );
    expect(env.map((value) => expanded(String(value)))).toEqual([
      `${directory}/agent.crt`,
      `${directory}/agent.key`,
    ]);
  });

  test("an agent's is mounted whole, and named by its variables", () => {
    const kit = eckAgentKit({ eck: { ...MANAGED, enterpriseLicense: false } });
    expect(patchOf(kit)).toEqual({
      daemonSet: {
        podTemplate: {
          spec: {
            containers: [
              {
                name: 'agent',
                env: [
                  { name: 'ELASTIC_AGENT_CERT', value: '/etc/fleetseal/agent.crt' },
                  { name: 'ELASTIC_AGENT_CERT_KEY', value: '/etc/fleetseal/agent.key' },
                ],
                volumeMounts: [{ name: 'fleetseal', mountPath: '/etc/fleetseal', readOnly: true }],
              },
            ],
            volumes: [
              {
                name: 'fleetseal',
                secret: {
                  secretName: 'elastic-agent-fleetseal',
                  items: [
                    { key: 'tls.crt', path: 'agent.crt' },
                    { key: 'tls.key', path: 'agent.key' },
                    { key: 'ca.crt', path: 'ca.crt' },
                  ],
                },
              },
            ],
          },
        },
      },
    });
    expect(kit.output?.yaml).toBe(
      'ssl.certificate: /etc/fleetseal/agent.crt\nssl.key: /etc/fleetseal/agent.key\n',
    );
  });

  test('Fleet Server verifies agents by the roots, and its own agent shows its certificate', () => {
    const kit = eckAgentKit({ profile: 'fleet-server', eck: { eckVersion: '3.3.1' } });
    const { http, deployment } = patchOf(kit);
    expect(http).toEqual({ tls: { certificate: { secretName: 'fleet-server-fleetseal' } } });
    expect(deployment.podTemplate.spec).toEqual({
      containers: [
        {
          name: 'agent',
          env: [
            { name: 'FLEET_SERVER_CLIENT_AUTH', value: 'required' },
            { name: 'FLEET_CA', value: `${HTTP}/ca.crt` },
            { name: 'ELASTIC_AGENT_CERT', value: `${HTTP}/tls.crt` },
            { name: 'ELASTIC_AGENT_CERT_KEY', value: `${HTTP}/tls.key` },
            { name: 'FLEET_SERVER_ES_CERT', value: `${HTTP}/tls.crt` },
            { name: 'FLEET_SERVER_ES_CERT_KEY', value: `${HTTP}/tls.key` },
          ],
        },
      ],
    });
    expect(JSON.stringify(patchOf(kit))).not.toContain('CERTIFICATE_AUTHORITIES');
    expect(noteOf(kit, 'eck_recipe_corrected')).toContain('which Elastic Agent does not read');
  });

  test('Fleet Server shows no certificate to Elasticsearch where it shall not', () => {
    const more = { fleetServer: { elasticsearchClientCertificate: false, clientAuth: 'optional' } };
    const kit = eckAgentKit({
      profile: 'fleet-server',
      more,
      eck: { ...MANAGED, workloadKind: 'statefulSet' },
    });
    const { env } = patchOf(kit).statefulSet.podTemplate.spec.containers[0];
    expect(env.map(({ name }: { name: string }) => name).join()).not.toContain('FLEET_SERVER_ES');
    expect(env).toContainEqual({ name: 'FLEET_SERVER_CLIENT_AUTH', value: 'optional' });
    expect(noteOf(kit, 'eck_certificate_mounted')).toContain('ECK does not support clientAuth "optional"');
  });
});

describe('which of the two', () => {
  const rows: readonly [string, EckSettings, string | undefined, boolean, readonly string[]][] = [
    ['the version that has it', { eckVersion: '3.5.0', enterpriseLicense: true }, '9.5.2', true, []],
    ['a later one', { eckVersion: '3.6.1', enterpriseLicense: true }, '9.5.2', true, ['eck_version_newer']],
    ['the version before', { eckVersion: '3.4.9', enterpriseLicense: true }, '9.5.2', false, []],
    ['an old one', { eckVersion: '2.16.1' }, '9.5.2', false, []],
    ['no licence', { eckVersion: '3.5.0', enterpriseLicense: false }, '9.5.2', false, []],
    ['a licence that nobody spoke of', { eckVersion: '3.5.0' }, '9.5.2', true, ['eck_enterprise_license']],
    ['a version that nobody spoke of', { enterpriseLicense: true }, '9.5.2', true, ['eck_version_missing']],
    ['the first of its line', MANAGED, '8.19.19', true, []],
    ['the one before it', MANAGED, '8.19.18', false, []],
    ['the first 9.4', MANAGED, '9.4.4', true, []],
    ['a 9.3 too early', MANAGED, '9.3.7', false, []],
    ['a 9.2, whose line never got it', MANAGED, '9.2.9', false, []],
    ['no version of the stack', MANAGED, undefined, true, ['eck_fleet_server_version']],
  ];
  test.each(rows)('%s', (_, eck, stackVersion, managed, codes) => {
    for (const profile of ['agent', 'fleet-server'] as const) {
      const kit = eckAgentKit({ profile, eck, more: { stackVersion } });
      const found = codesOf(kit);
      expect(found.includes('eck_certificate_mounted')).toBe(!managed);
      expect(kit.kubernetes.patches?.includes('podTemplate')).toBe(!managed);
      expect(WAY_CODES.filter((code) => found.includes(code))).toEqual(codes);
    }
  });
  const WAY_CODES = [
    'eck_version_missing',
    'eck_version_newer',
    'eck_enterprise_license',
    'eck_fleet_server_version',
  ];
});

describe('the notes', () => {
  test('say whom a shared certificate is of', () => {
    const kit = eckAgentKit({ container: { image: IMAGE, workload: 'edge' } });
    expect(kit.notes.find(({ code }) => code === 'eck_shared_certificate')).toMatchObject({
      severity: 'warning',
      message:
        'All pods of edge share this one certificate and key, so a revocation affects all of them. To give each pod its own certificate, use the runtime "kubernetes".',
    });
  });

  test('say what of the request ECK says itself', () => {
    const kit = eckAgentKit({
      more: { fleetUrl: 'https://fleet.example.com:8220', fleetEnrollmentToken: 'abc' },
    });
    expect(noteOf(kit, 'eck_connects_by_references')).toContain(
      'the kit does not use fleetUrl, fleetEnrollmentToken of the request.',
    );
    expect(JSON.stringify(kit.kubernetes)).not.toMatch(/fleet\.example\.com|abc/);
    expect(codesOf(eckAgentKit())).not.toContain('eck_connects_by_references');
  });

  test.each([
    {
      name: 'before agents read it themselves',
      stackVersion: '9.3.8',
      severity: 'warning',
      words: 'The job therefore restarts daemonset/elastic-agent-agent',
    },
    { name: 'where they do', stackVersion: '9.5.2', severity: 'info', words: 'reads it again by itself' },
  ])('say what a renewal of a mounted Secret needs: $name', ({ stackVersion, severity, words }) => {
    const kit = eckAgentKit({ eck: { eckVersion: '3.2.0' }, more: { stackVersion } });
    const note = kit.notes.find(({ code }) => code === 'eck_does_not_watch');
    expect(note?.severity).toBe(severity);
    expect(note?.message).toContain(words);
  });

  test.each([
    { stackVersion: '9.3.6', stored: false },
    { stackVersion: '9.3.5', stored: true },
  ])('say before which version pods keep their stored paths: $stackVersion', ({ stackVersion, stored }) => {
    expect(codesOf(eckAgentKit({ more: { stackVersion } })).includes('eck_stored_enrollment')).toBe(stored);
  });
});
