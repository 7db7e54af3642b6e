import { PROFILES, type ProfileName } from '../../domain/profile.ts';
import { enrollLines, makeKey, namesWord, type Places, type Wish } from './enroll-script.ts';
import { applySecret } from './kubectl.ts';
import { bound, type Manifest, RBAC } from './manifest.ts';

/** A certificate that a job in the cluster keeps in a Secret. */
export interface Renewal {
  /** The name of the CronJob (at most 52 characters), its account and its role. */
  readonly name: string;
  readonly namespace: string;
  /** Of type kubernetes.io/tls; it must exist, since no role can allow the creation of one Secret only. */
  readonly secretName: string;
  /** The name of the Secret with `token` and `url`. */
  readonly tokenSecret: string;
  /** An image with sh, kubectl, openssl, curl and sed. */
  readonly image: string;
  readonly wish: Wish;
  /** How long before its expiry a certificate is renewed. Seconds. */
  readonly before: number;
  /** @default - see {@link makeKey} and {@link applySecret} */
  readonly lines?: RenewalLines | undefined;
  /** Further rules of the account's role. @default - none */
  readonly rules?: readonly unknown[] | undefined;
}

/** Lines of POSIX sh that differ between renewals; they run under `set -eu`. */
export interface RenewalLines {
  readonly makeKey: string;
  /** Puts key and certificate where they belong. */
  readonly apply: readonly string[];
}

/** Where the lines of a renewal find the files, below its working directory. */
export const RENEWAL_PLACES: Places = {
  key: 'tls.key',
  certificate: 'tls.crt',
  scratch: '.',
  url: '"$(cat /token/url)"',
  token: '"$(cat /token/token)"',
};

/** The Secret's present certificate, empty if it has none; for {@link RenewalLines}. */
export const CURRENT = 'current.crt';

/** How long before its expiry a certificate is renewed: in the last third of the profile's usual lifetime. Seconds. */
export function renewsBefore(profile: ProfileName): number {
  return PROFILES[profile].lifetimeSeconds.default / 3;
}

/**
 * A CronJob that makes a new key, enrolls it, and replaces certificate and key in their Secret, the only Secret that
 * its account may access.
 */
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
        schedule: '17 3 * * *',
        concurrencyPolicy: 'Forbid',
        // Until shortly before the next run: some clusters are shut down at night.
        startingDeadlineSeconds: 23 * 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: { backoffLimit: 2, activeDeadlineSeconds: 900, template: { spec: pod(renewal) } },
        },
      },
    },
  ];
}

function renewalScript({ secretName, namespace, wish, before, lines }: Renewal): string {
  const current = `kubectl get secret ${secretName} --namespace=${namespace} --output='jsonpath={.data.tls\\.crt}'`;
  const secret = { name: secretName, namespace };
  return [
    'set -eu',
    'umask 077',
    'cd /renewal',
    `current=$(${current})`,
    `printf %s "$current" | openssl base64 -d -A -out ${CURRENT}`,
    `if openssl x509 -in ${CURRENT} -noout -checkend ${before}; then exit 0; fi`,
    lines?.makeKey ?? makeKey(wish.keyKind, RENEWAL_PLACES.key),
    ...enrollLines(namesWord(wish), RENEWAL_PLACES),
    ...(lines?.apply ?? [applySecret(secret, RENEWAL_PLACES)]),
    '',
  ].join('\n');
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
