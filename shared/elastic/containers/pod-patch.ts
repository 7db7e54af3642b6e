import { containerEnvironment } from '../command-line/agent.ts';
import type { Container } from '../deployment/container.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { has } from '../deployment/versions.ts';
import { literalDollars } from '../syntax/dollars.ts';
import { shellWord } from '../syntax/shell.ts';
import { ACCESS, KEEP_HOURLY, SETTINGS } from './pod-scripts.ts';

/** The agent's container in Elastic's DaemonSet (elastic-agent-managed-kubernetes.yaml). */
export const AGENT_CONTAINER = 'elastic-agent';

/** The key of Fleet's enrollment token in the Secret: only the agent reads it, and the agent reads no other. */
export const FLEET_TOKEN_KEY = 'fleet-enrollment-token';

/** The name of the ConfigMap with the scripts and the CAs. */
export function settingsName({ workload }: Container): string {
  return `${workload}-fleetseal`;
}

/** The directory on the node, where key and certificate outlive the pod. */
export function nodeDirectory({ namespace, workload }: Container): string {
  return `/var/lib/fleetseal/${namespace}/${workload}`;
}

/**
 * Whether the agent must be restarted to use a renewed certificate: also if the version is unknown, and for Elastic
 * Defend, for which Elastic does not document a reload.
 */
export function restartsToRenew(deployment: ResolvedDeployment): boolean {
  return !has(deployment.stackVersion, 'reload') || deployment.agent.elasticDefend;
}

const VOLUMES = {
  directory: 'fleetseal',
  settings: 'fleetseal-settings',
  access: 'fleetseal-access',
  scratch: 'fleetseal-scratch',
  nothing: 'fleetseal-nothing',
} as const;

/**
 * A strategic merge patch of Elastic's DaemonSet: a container that enrolls before the agent starts, one that renews while
 * it runs, and the agent's own variables and files.
 */
export function daemonSetPatch(deployment: ResolvedDeployment): object {
  const container = deployment.container;
  const spec = {
    initContainers: [
      ownDirectory(deployment, container),
      enrolling(deployment, container, 'fleetseal-enroll', ['/bin/sh', `${SETTINGS}/keep.sh`]),
    ],
    containers: [
      agent(deployment, container),
      enrolling(deployment, container, 'fleetseal-renew', ['/bin/sh', '-c', KEEP_HOURLY]),
    ],
    volumes: volumes(container),
  };
  return { spec: { template: { spec } } };
}

function agent(deployment: ResolvedDeployment, { tokenSecret }: Container) {
  const { FLEET_ENROLLMENT_TOKEN: _, ...variables } = containerEnvironment(deployment);
  const secretKeyRef = { name: tokenSecret, key: FLEET_TOKEN_KEY };
  return {
    name: AGENT_CONTAINER,
    env: [
      ...Object.entries(variables).map(([name, value]) => ({ name, value: literalDollars(value) })),
      // Manifests of older releases say true, and so may one that was tried out: the agent would verify no server.
      { name: 'FLEET_INSECURE', value: 'false' },
      // Elastic's manifest has a value here, beside which Kubernetes allows no other: null removes it.
      { name: 'FLEET_ENROLLMENT_TOKEN', value: null, valueFrom: { secretKeyRef } },
    ],
    volumeMounts: [{ name: VOLUMES.directory, mountPath: deployment.directory, readOnly: true }],
    ...(restartsToRenew(deployment) ? restart(deployment) : {}),
  };
}

/** The kubelet starts the agent's container again once the certificate is newer than its start. */
function restart(deployment: ResolvedDeployment) {
  const started = '/tmp/fleetseal-started';
  const certificate = literalDollars(shellWord(deployment.paths.certificate));
  return {
    lifecycle: { postStart: { exec: { command: ['/bin/sh', '-c', `: >${started}`] } } },
    livenessProbe: {
      exec: { command: ['/bin/sh', '-c', `[ ! ${certificate} -nt ${started} ]`] },
      initialDelaySeconds: 60,
      periodSeconds: 60,
      timeoutSeconds: 10,
      // A node that is only too busy to respond in time is no reason to restart.
      failureThreshold: 5,
    },
  };
}

/** Without privileges and the pod's account token; can write only to the two places that it needs. */
function enrolling(
  deployment: ResolvedDeployment,
  { image, uid }: Container,
  name: string,
  command: readonly string[],
) {
  return {
    name,
    image,
    command,
    env: [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'TMPDIR', value: '/fleetseal/scratch' },
    ],
    securityContext: { runAsUser: uid, runAsGroup: 0, ...UNPRIVILEGED },
    resources: RESOURCES,
    volumeMounts: [
      { name: VOLUMES.directory, mountPath: deployment.directory },
      { name: VOLUMES.settings, mountPath: SETTINGS, readOnly: true },
      { name: VOLUMES.access, mountPath: ACCESS, readOnly: true },
      { name: VOLUMES.scratch, mountPath: '/fleetseal/scratch' },
      NO_ACCOUNT,
    ],
  };
}

const UNPRIVILEGED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const RESOURCES = { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } };

/**
 * The pod's account may read much of the cluster. A mount at this path keeps its token out of a container (Kubernetes,
 * plugin/pkg/admission/serviceaccount/admission.go).
 */
const NO_ACCOUNT = {
  name: VOLUMES.nothing,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};

/**
 * The kubelet creates the directory as root, or it belongs to an earlier `container.uid`; without capabilities, root
 * could not write to that one either.
 */
function ownDirectory({ directory }: ResolvedDeployment, { image, uid }: Container) {
  return {
    name: 'fleetseal-directory',
    image,
    command: ['chown', '-R', `${uid}:0`, literalDollars(directory)],
    securityContext: { ...UNPRIVILEGED, runAsUser: 0, capabilities: { drop: ['ALL'], add: ['CHOWN'] } },
    resources: RESOURCES,
    volumeMounts: [{ name: VOLUMES.directory, mountPath: directory }, NO_ACCOUNT],
  };
}

function volumes(container: Container) {
  const items = ['token', 'url'].map((key) => ({ key, path: key }));
  return [
    {
      name: VOLUMES.directory,
      hostPath: { path: nodeDirectory(container), type: 'DirectoryOrCreate' },
    },
    { name: VOLUMES.settings, configMap: { name: settingsName(container) } },
    // Readable for every user, since the user can be changed; only the enrolling containers mount it.
    { name: VOLUMES.access, secret: { secretName: container.tokenSecret, items, defaultMode: 0o444 } },
    { name: VOLUMES.scratch, emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
    { name: VOLUMES.nothing, emptyDir: {} },
  ];
}
