import type { EckAgent } from '../deployment/eck-agent.ts';
import { type CertificateRequest, enrollLines, namesWord, type Places } from '../kubernetes/enroll-script.ts';
import { applyAccessSecret, given } from '../kubernetes/kubectl.ts';
import { shellWord } from '../syntax/shell.ts';
import { yaml } from '../syntax/yaml.ts';
import { type AgentPatch, changesPods, elasticsearchPatch, markOf } from './patch.ts';
import { applyLines, keyOptionsFor, renewalName } from './secret.ts';

/** The file name of the saved manifests. */
export const SAVED = 'eck-agent.yaml';

/** Commands for a POSIX shell with kubectl, in the order to run them; each can be run again. */
export function agentCommands(
  agent: EckAgent,
  request: CertificateRequest,
  patch: AgentPatch | undefined,
): readonly string[] {
  return [
    ...(agent.image === undefined ? [makeSecret(agent, request)] : jobCommands(agent)),
    patch === undefined ? patchElasticsearch(agent) : patchAgent(agent, patch),
    `kubectl wait ${resourceOf(agent)} --for=jsonpath='{.status.health}'=green --timeout=10m`,
  ];
}

function resourceOf({ name, namespace }: EckAgent): string {
  return `agents.agent.k8s.elastic.co/${name} --namespace=${namespace}`;
}

/** A job makes the key in the cluster; its first run is created from the CronJob. */
function jobCommands(agent: EckAgent): readonly string[] {
  const { namespace, tokenSecret } = agent;
  const [name, first] = [renewalName(agent), `${renewalName(agent)}-first`];
  return [
    applyAccessSecret({ name: tokenSecret, namespace }, true),
    emptySecret(agent),
    `kubectl apply --filename=${SAVED}`,
    [
      `kubectl delete job ${first} --namespace=${namespace} --ignore-not-found &&`,
      `kubectl create job ${first} --namespace=${namespace} --from=cronjob/${name} &&`,
      `kubectl wait job/${first} --namespace=${namespace} --for=condition=complete --timeout=5m`,
    ].join(' \\\n  '),
  ];
}

/** No role can allow the creation of one Secret only, so the job gets an empty one. A full one is not replaced. */
function emptySecret({ secretName, namespace }: EckAgent): string {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, namespace },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': '', 'tls.key': '' },
  };
  return `kubectl get secret ${secretName} --namespace=${namespace} --output=name || kubectl create --filename=- <<'SECRET'\n${yaml(secret)}SECRET`;
}

/** Without an image, the key is made where kubectl runs, in a subshell, and is kept only in the Secret. */
function makeSecret(agent: EckAgent, request: CertificateRequest): string {
  const places: Places = {
    key: '"$scratch/tls.key"',
    certificate: '"$scratch/tls.crt"',
    scratch: '"$scratch"',
    url: '"$FLEETSEAL_URL"',
    token: '"$FLEETSEAL_TOKEN"',
  };
  const lines = [
    'set -eu',
    'umask 077',
    given(),
    'scratch=$(mktemp -d)',
    `trap 'rm -r "$scratch"' EXIT`,
    `openssl ${keyOptionsFor(agent, request.keyKind)} -out ${places.key}`,
    ...enrollLines(namesWord(request), places),
    ...applyLines(agent, places),
  ];
  return ['(', ...lines.map((line) => `  ${line}`), ')'].join('\n');
}

/**
 * Custom resources have no strategic merge, and a merge patch replaces whole lists, so this first checks whether the
 * pod template has any. If it has this kit's already, there is nothing to do.
 */
function patchAgent(agent: EckAgent, patch: AgentPatch): string {
  const resource = resourceOf(agent);
  const merge = `kubectl patch ${resource} --type=merge --patch-file=/dev/stdin <<'PATCH'\n${yaml({ spec: patch.spec })}PATCH`;
  if (!changesPods(agent)) return merge;
  const template = `.spec.${agent.kind}.podTemplate.spec`;
  return [
    `template=$(kubectl get ${resource} --output='jsonpath={${template}.containers}{${template}.volumes}') && case $template in`,
    `*${shellWord(markOf(agent))}*) ;;`,
    `'') ${merge}`,
    ';;',
    `*) echo ${shellWord(`${agent.name} has containers or volumes of its own: merge kubernetes.patches into its manifest`)} >&2; false ;;`,
    'esac',
  ].join('\n');
}

function patchElasticsearch(agent: EckAgent): string {
  const patch = shellWord(JSON.stringify(elasticsearchPatch(agent)));
  return `kubectl patch ${resourceOf(agent)} --type=json --patch=${patch}`;
}
