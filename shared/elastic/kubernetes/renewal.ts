import { renewSecretSh } from '#host-scripts';
import { PROFILES, type ProfileName } from '../../domain/profile.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';
import { type CertificateRequest, KEY_OPTIONS, namesWord } from './enroll-script.ts';
import { bound, type Manifest, RBAC } from './manifest.ts';

/*
 * Certificates that live in a cluster: what ECK's agents, the pods of Elastic's DaemonSet and the operator's metrics
 * share. This file has the job that renews; the others have the script that enrolls, the commands for kubectl, the
 * bootstrap token and the form of manifests.
 *
 * - The key is made in the cluster and never leaves it. The next one is kept before it is sent, so that a job that is
 *   killed anywhere goes on with it and gets the same certificate.
 * - A job asks the service when it is time, and proves the renewal with its key: it enrolls only where there is no
 *   certificate, or where the service does not renew it.
 * - Its account may read and change one Secret, which must exist: no role can allow the creation of a single one.
 * - Words of callers are quoted for the shell or are values of YAML; names are checked before
 *   (deployment/cluster-names.ts).
 */

/** A certificate that a job in the cluster keeps in a Secret. */
export interface Renewal {
  /** The name of the CronJob (at most 52 characters), its account and its role. */
  readonly name: string;
  readonly namespace: string;
  /** Of type kubernetes.io/tls; it must exist, since no role can allow the creation of one Secret only. */
  readonly secretName: string;
  /** The name of the Secret with `url`, and with `token` where the job is to enroll. */
  readonly tokenSecret: string;
  /** An image with sh, kubectl, openssl, curl and sed. */
  readonly image: string;
  readonly request: CertificateRequest;
  /** How long before its expiry a certificate is renewed where the service does not say when. Seconds. */
  readonly before: number;
  /** Words of `openssl` that make the key. @default - {@link KEY_OPTIONS} */
  readonly keyOptions?: string | undefined;
  /** What is restarted to read a renewed certificate: `daemonset/name`. @default - nothing */
  readonly restarts?: string | undefined;
  /** Further rules of the account's role. @default - none */
  readonly rules?: readonly unknown[] | undefined;
}

/** How long before its expiry a certificate is renewed: in the last third of the profile's usual lifetime. Seconds. */
export function renewsBefore(profile: ProfileName): number {
  return PROFILES[profile].lifetimeSeconds.default / 3;
}

/** A CronJob that keeps certificate and key in a Secret, the only one that its account may access: shared/hosts/renew-secret.sh. */
export function renewalManifests(renewal: Renewal): readonly Manifest[] {
  const { name, namespace, secretName, rules = [] } = renewal;
  const metadata = { name, namespace };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['secrets'], resourceNames: [secretName], verbs: ['get', 'patch'] },
        ...rules,
      ],
    },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, ...bound('Role', name, name, namespace) },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata,
      spec: {
        // As often as every host asks when to renew: what the service decides reaches it within that time.
        schedule: '17 */6 * * *',
        concurrencyPolicy: 'Forbid',
        // Until shortly before the next run: some clusters are shut down at night.
        startingDeadlineSeconds: 5 * 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: { backoffLimit: 2, activeDeadlineSeconds: 900, template: { spec: pod(renewal) } },
        },
      },
    },
  ];
}

function renewalScript(renewal: Renewal): string {
  const { secretName, namespace, request, before, restarts = '' } = renewal;
  return withVariables(renewSecretSh(), {
    secret: secretName,
    namespace,
    names: namesWord(request),
    before: String(before),
    key_options: shellWord(renewal.keyOptions ?? KEY_OPTIONS[request.keyKind]),
    restarts,
  });
}

/** Fits the Pod Security Standard "restricted". Keys are made in memory and vanish with the pod. */
function pod(renewal: Renewal) {
  const user = 65532;
  return {
    serviceAccountName: renewal.name,
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
        image: renewal.image,
        command: ['/bin/sh', '-c', renewalScript(renewal)],
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
      { name: 'token', secret: { secretName: renewal.tokenSecret, defaultMode: 0o440 } },
    ],
  };
}
