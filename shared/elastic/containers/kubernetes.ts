import { ENROLLMENT_TOKEN_PLACEHOLDER, type ResolvedDeployment } from '../deployment.ts';
import { lines } from '../files/certificate.ts';
import { CA_FILES } from '../files/paths.ts';
import type { KubernetesParts } from '../kit.ts';
import { APPLY, given } from '../kubernetes/kubectl.ts';
import { type PodToken, renewalsInAYear, tokenRequest } from '../kubernetes/token-request.ts';
import { shellWord } from '../syntax/shell.ts';
import { yaml } from '../syntax/yaml.ts';
import { daemonSetPatch, FLEET_TOKEN_KEY, settingsName } from './pod-patch.ts';
import { podScripts } from './pod-scripts.ts';
import { type Container, resolveContainer } from './settings.ts';

/** What the parts of the kit are called where they were saved. */
export const SAVED = { manifests: 'fleetseal-agents.yaml', patches: 'fleetseal-agents-patch.yaml' } as const;

/** For how many nodes the proposed token is. */
const NODES = 100;

/** How often a node enrolls in a year: at two thirds of each certificate's life, and once at first. */
export const USES_A_YEAR = 1 + renewalsInAYear('agent');

/** What makes the pods of Elastic's DaemonSet get certificates of their own. */
export function daemonSetParts(deployment: ResolvedDeployment): KubernetesParts {
  const container = resolveContainer(deployment.asked.container);
  const { namespace, workload } = container;
  return {
    manifests: yaml({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: settingsName(container), namespace },
      data: { ...podScripts(deployment), ...authorities(deployment) },
    }),
    patches: yaml(daemonSetPatch(deployment)),
    tokenRequest: tokenRequest(nodesToken(container)),
    commands: [
      accessSecret(deployment, container),
      `kubectl apply --filename=${SAVED.manifests}`,
      `kubectl patch daemonset ${workload} --namespace=${namespace} --type=strategic --patch-file=${SAVED.patches}`,
      `kubectl rollout status daemonset/${workload} --namespace=${namespace} --timeout=15m`,
    ],
  };
}

/** The CAs that the caller gave; fleetseal's roots come with each enrollment, so that pods learn of new ones. */
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

/** One for all nodes, of which there may be more than {@link NODES}. */
function nodesToken({ namespace, workload }: Container): PodToken {
  return {
    profile: 'agent',
    names: { commonName: '*' },
    maxUses: NODES * USES_A_YEAR,
    expiresIn: 'P365D',
    description: `Nodes of ${namespace}/${workload}`,
  };
}

/**
 * Both tokens by files of a directory that is gone afterwards: arguments can be read by others, and there is one standard
 * input only. printf is part of the shell.
 */
function accessSecret({ fleetEnrollmentToken }: ResolvedDeployment, container: Container): string {
  const { namespace, tokenSecret } = container;
  const token = shellWord(fleetEnrollmentToken ?? ENROLLMENT_TOKEN_PLACEHOLDER);
  return [
    '(',
    '  set -eu',
    '  umask 077',
    `  ${given('FLEETSEAL_TOKEN')}`,
    '  secrets=$(mktemp -d)',
    `  trap 'rm -r "$secrets"' EXIT`,
    '  printf %s "$FLEETSEAL_TOKEN" >"$secrets/token"',
    '  printf %s "$FLEETSEAL_URL" >"$secrets/url"',
    `  printf %s ${token} >"$secrets/${FLEET_TOKEN_KEY}"`,
    `  kubectl create secret generic ${tokenSecret} --namespace=${namespace} --from-file="$secrets" --dry-run=client --output=yaml | ${APPLY}`,
    ')',
  ].join('\n');
}
