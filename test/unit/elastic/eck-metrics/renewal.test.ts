import { describe, expect, test } from '@jest/globals';
import { at } from '../../../support/json.ts';
import { eckKit, manifestsOf } from './kits.ts';

const kit = eckKit({ jobImage: 'registry.example.com/tools:1' });
const found = manifestsOf(kit);
const job = at(found['CronJob elastic-operator-tls-renewal'], 'spec');
const pod = at(job, 'jobTemplate.spec.template.spec');

describe('the renewal', () => {
  test('may read and change the one Secret and nothing else', () => {
    expect(at(found['Role elastic-operator-tls-renewal'], 'rules')).toEqual([
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['eck-metrics-tls-certificate'],
        verbs: ['get', 'patch'],
      },
    ]);
    expect(found['RoleBinding elastic-operator-tls-renewal']).toMatchObject({
      metadata: { namespace: 'elastic-system' },
      roleRef: { kind: 'Role', name: 'elastic-operator-tls-renewal' },
      subjects: [
        { kind: 'ServiceAccount', name: 'elastic-operator-tls-renewal', namespace: 'elastic-system' },
      ],
    });
    expect(at(pod, 'serviceAccountName')).toBe('elastic-operator-tls-renewal');
  });

  test('fits the Pod Security Standard "restricted"', () => {
    expect(at(pod, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(at(pod, 'containers.0.securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('is made up for where the cluster was down at its hour', () => {
    expect(at(job, 'schedule')).toMatch(/^\d+ \*\/6 \* \* \*$/);
    expect(at(job, 'startingDeadlineSeconds')).toBe(5 * 60 * 60);
  });

  test('makes its keys in memory, and needs no token', () => {
    expect(at(pod, 'volumes')).toEqual([
      { name: 'renewal', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
      { name: 'token', secret: { secretName: 'eck-metrics-tls-certificate-token', defaultMode: 0o440 } },
    ]);
    expect(kit.kubernetes.commands.join('\n')).toContain(
      'kubectl create secret generic eck-metrics-tls-certificate-token --namespace=elastic-system --from-literal=url="$FLEETSEAL_URL" --dry-run=client',
    );
  });

  test('is left out without an image, and a note says what to do instead', () => {
    const without = eckKit();
    expect(Object.keys(manifestsOf(without)).join()).not.toMatch(/CronJob|tls-renewal/);
    expect(without.kubernetes.commands.join('\n')).not.toContain('tls-certificate-token');
    expect(without.notes.find(({ code }) => code === 'eck_renewal_manual')?.message).toContain('jobImage');
  });

  test.each([
    { keyKind: 'rsa', words: '-algorithm RSA -pkeyopt rsa_keygen_bits:3072' },
    { keyKind: 'p384', words: 'ec_paramgen_curve:P-384' },
    { keyKind: 'ed25519', words: '-algorithm ED25519' },
  ] as const)('makes $keyKind keys where the certificate has one', ({ keyKind, words }) => {
    const { commands } = eckKit({}, {}, { keyKind }).kubernetes;
    expect(commands[0]).toContain(words);
  });
});
