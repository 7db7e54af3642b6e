import type { Container } from '../deployment/container.ts';
import { ENROLLMENT_TOKEN_PLACEHOLDER } from '../deployment/deployment.ts';
import { CA_FILES } from '../deployment/kit-paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { lines } from '../files/certificate.ts';
import type { KubernetesParts } from '../kit/kubernetes-parts.ts';
import { APPLY, given } from '../kubernetes/kubectl.ts';
import { tokenRequest } from '../kubernetes/token-request.ts';
import { shellWord } from '../syntax/shell.ts';
import { yaml } from '../syntax/yaml.ts';
import { daemonSetPatch, FLEET_TOKEN_KEY, settingsName } from './pod-patch.ts';
import { podScripts } from './pod-scripts.ts';

/** The file names of the saved parts of the kit. */
export const SAVED = { manifests: 'fleetseal-agents.yaml', patches: 'fleetseal-agents-patch.yaml' } as const;

/** The number of nodes that the proposed token is for. */
const NODES = 100;

/** What lets the pods of Elastic's DaemonSet get their own certificates. */
export function daemonSetParts(deployment: ResolvedDeployment): KubernetesParts {
  const container = deployment.container;
  const { namespace, workload } = container;
  return {
    manifests: yaml({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: settingsName(container), namespace },
      data: { ...podScripts(deployment), ...authorities(deployment) },
    }),
    patches: yaml(daemonSetPatch(deployment)),
    tokenRequest: nodesToken(container),
    commands: [
      accessSecret(deployment, container),
      `kubectl apply --filename=${SAVED.manifests}`,
      `kubectl patch daemonset ${workload} --namespace=${namespace} --type=strategic --patch-file=${SAVED.patches}`,
      `kubectl rollout status daemonset/${workload} --namespace=${namespace} --timeout=15m`,
    ],
  };
}

/** The CAs that the caller sent; fleetseal's roots come with each enrollment, so that pods get new ones. */
function authorities({ trust }: ResolvedDeployment): Readonly<Record<string, string>> {
  const files = {
    [CA_FILES.fleetServerCa]: trust.fleetServer,
    [CA_FILES.elasticsearchCa]: trust.elasticsearch,
    [CA_FILES.logstashCa]: trust.logstash,
    [CA_FILES.kafkaCa]: trust.kafka,
  };
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, peer]) =>
      typeof peer === 'object' && 'pem' in peer ? [[name, lines(peer.pem)]] : [],
    ),
  );
}

/** One token for all nodes; the caller raises `maxUses` where there are more than {@link NODES}. */
function nodesToken({ namespace, workload }: Container) {
  return tokenRequest({
    profile: 'agent',
    names: { commonName: '*' },
    // As many again join in a year.
    maxUses: 2 * NODES,
    expiresIn: 'P365D',
    description: `Nodes of ${namespace}/${workload}`,
  });
}

/**
 * Passes both tokens in files of a directory that is removed afterwards: others can read arguments, and there is only
 * one standard input. printf is part of the shell, so its arguments cannot be read.
 */
function accessSecret({ fleetEnrollmentToken }: ResolvedDeployment, container: Container): string {
  const { namespace, tokenSecret } = container;
  const token = shellWord(fleetEnrollmentToken ?? ENROLLMENT_TOKEN_PLACEHOLDER);
  return [
    '(',
    '  set -eu',
    '  umask 077',
    `  ${given()}`,
    '  secrets=$(mktemp -d)',
    `  trap 'rm -r "$secrets"' EXIT`,
    '  printf %s "$FLEETSEAL_TOKEN" >"$secrets/token"',
    '  printf %s "$FLEETSEAL_URL" >"$secrets/url"',
    `  printf %s ${token} >"$secrets/${FLEET_TOKEN_KEY}"`,
    `  kubectl create secret generic ${tokenSecret} --namespace=${namespace} --from-file="$secrets" --dry-run=client --output=yaml | ${APPLY}`,
    ')',
  ].join('\n');
}
