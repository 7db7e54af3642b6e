import { DAY } from '../../domain/duration.ts';
import { PROFILES } from '../../domain/profile.ts';
import { enrollLines, makeKey, namesWord, type Places, type Wish } from '../enrollment/enroll-script.ts';
import { applySecret } from '../enrollment/kubectl.ts';
import type { Eck } from './eck.ts';
import { bound, type Manifest } from './prometheus-manifests.ts';

/** The job renews in the last third of the profile's usual lifetime. Seconds. */
const RENEW_BEFORE_END = PROFILES['eck-metrics'].lifetime.default / 3;

export function renewalName({ operatorName }: Eck): string {
  return `${operatorName}-tls-renewal`;
}

/** Of the Secret with `token` and `url`, for the job. */
export function tokenSecretName({ secretName }: Eck): string {
  return `${secretName}-token`;
}

/** Of the certificate and its key. */
export function tlsSecret({ secretName, operatorNamespace }: Eck) {
  return { name: secretName, namespace: operatorNamespace };
}

/**
 * A CronJob that makes a new key, enrolls it, and replaces certificate and key in their Secret, which is the one
 * resource that its account may touch.
 */
export function renewalManifests(eck: Eck, wish: Wish): readonly Manifest[] {
  if (eck.jobImage === undefined) return [];
  const name = renewalName(eck);
  const metadata = { name, namespace: eck.operatorNamespace };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['secrets'], resourceNames: [eck.secretName], verbs: ['get', 'patch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      ...bound('Role', name, name, eck.operatorNamespace),
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata,
      spec: {
        schedule: '17 3 * * *',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: { backoffLimit: 2, activeDeadlineSeconds: 900, template: { spec: pod(eck, wish) } },
        },
      },
    },
  ];
}

const PLACES: Places = {
  key: 'tls.key',
  certificate: 'tls.crt',
  scratch: '.',
  url: '"$(cat /token/url)"',
  token: '"$(cat /token/token)"',
};

function renewalScript(eck: Eck, wish: Wish): string {
  const current = `kubectl get secret ${eck.secretName} --namespace=${eck.operatorNamespace} --output='jsonpath={.data.tls\\.crt}'`;
  return [
    'set -eu',
    'umask 077',
    'cd /renewal',
    `current=$(${current})`,
    'printf %s "$current" | openssl base64 -d -A -out current.crt',
    `if openssl x509 -in current.crt -noout -checkend ${RENEW_BEFORE_END}; then exit 0; fi`,
    makeKey(wish.keyKind, PLACES.key),
    ...enrollLines(namesWord(wish), PLACES),
    applySecret(tlsSecret(eck), PLACES),
    '',
  ].join('\n');
}

/** Fits the Pod Security Standard "restricted". Keys are made in memory and vanish with the pod. */
function pod(eck: Eck, wish: Wish) {
  const user = 65532;
  return {
    serviceAccountName: renewalName(eck),
    automountServiceAccountToken: true,
    restartPolicy: 'Never',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'renewal',
        image: eck.jobImage,
        command: ['/bin/sh', '-c', renewalScript(eck, wish)],
        // kubectl keeps a cache in its home.
        env: [{ name: 'HOME', value: '/renewal' }],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: {
          requests: { cpu: '10m', memory: '64Mi' },
          limits: { memory: '256Mi' },
        },
        volumeMounts: [
          { name: 'renewal', mountPath: '/renewal' },
          { name: 'token', mountPath: '/token', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'renewal', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
      { name: 'token', secret: { secretName: tokenSecretName(eck), defaultMode: 0o440 } },
    ],
  };
}

/** For the words of a note. */
export const RENEW_BEFORE_END_DAYS = RENEW_BEFORE_END / DAY;
