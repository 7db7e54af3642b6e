import { type Eck, isNative } from '../deployment/eck-operator.ts';
import { formatStackVersion } from '../deployment/versions.ts';
import {
  type CertificateRequest,
  enrollLines,
  makeKey,
  namesWord,
  type Places,
} from '../kubernetes/enroll-script.ts';
import { applyAccessSecret, applySecret, given } from '../kubernetes/kubectl.ts';
import { shellWord } from '../syntax/shell.ts';
import { yaml } from '../syntax/yaml.ts';
import { operatorPatch } from './operator-manifests.ts';
import { tlsSecret, tokenSecret } from './renewal.ts';

/** The file names of the saved parts of the kit. */
export const SAVED = { manifests: 'eck-metrics.yaml', helmValues: 'eck-metrics-values.yaml' } as const;

/** Where the files of the user who runs the commands are. */
export interface SecretFiles {
  /** The directory of both; created if it is missing. */
  readonly directory: string;
  readonly key: string;
  readonly certificate: string;
}

/** Commands for a POSIX shell with kubectl (and helm), in the order to run them; each can be run again. */
export function eckCommands(eck: Eck, request: CertificateRequest, files: SecretFiles): readonly string[] {
  return [
    makeSecret(eck, request, files),
    ...(eck.jobImage === undefined ? [] : [applyAccessSecret(tokenSecret(eck), false)]),
    `kubectl apply --filename=${SAVED.manifests}`,
    ...(eck.openshift ? [] : [mountRoots(eck)]),
    ...(eck.install === 'helm' ? helmCommands(eck) : [patchOperator(eck)]),
    `kubectl rollout status statefulset/${eck.operatorName} --namespace=${eck.operatorNamespace} --timeout=5m`,
  ];
}

/**
 * Creates the Secret from the key and the certificate of this enrollment, or from new ones if the files are missing.
 * New ones go to the same files, so that a failure after the enrollment does not waste the token; creating their
 * directory may need root. In the end, the key is only in the Secret. Runs in a subshell, so that `set` and `umask` end
 * with it.
 */
function makeSecret(eck: Eck, request: CertificateRequest, files: SecretFiles): string {
  const directory = shellWord(files.directory);
  const places: Places = {
    key: shellWord(files.key),
    certificate: shellWord(files.certificate),
    scratch: '"$scratch"',
    url: '"$FLEETSEAL_URL"',
    token: '"$FLEETSEAL_TOKEN"',
  };
  const indented = (lines: readonly string[]) => lines.map((line) => (line === '' ? line : `  ${line}`));
  return [
    '(',
    ...indented([
      'set -eu',
      'umask 077',
      `if [ ! -s ${places.key} ]; then`,
      ...indented([
        `[ -d ${directory} ] || mkdir -p ${directory} 2>/dev/null || sudo install -d -m 0700 -o "$(id -un)" ${directory}`,
        makeKey(request.keyKind, places.key),
        // Without its key it is useless.
        `rm -f ${places.certificate}`,
      ]),
      'fi',
      `if [ ! -s ${places.certificate} ]; then`,
      ...indented([
        given(),
        'scratch=$(mktemp -d)',
        `trap 'rm -r "$scratch"' EXIT`,
        ...enrollLines(namesWord(request), places),
      ]),
      'fi',
      applySecret(tlsSecret(eck), places),
      `rm ${places.key} ${places.certificate}`,
    ]),
    ')',
  ].join('\n');
}

/**
 * Adds the Secret to those that the Prometheus resource mounts. A merge patch would replace the whole list, a JSON
 * patch cannot add to a missing list, and custom resources have no strategic merge, so this first checks which case it
 * is.
 */
function mountRoots(eck: Eck): string {
  const prometheus = `prometheus.monitoring.coreos.com/${eck.prometheusName} --namespace=${eck.prometheusNamespace}`;
  const add = JSON.stringify([{ op: 'add', path: '/spec/secrets/-', value: eck.caSecretName }]);
  const create = JSON.stringify({ spec: { secrets: [eck.caSecretName] } });
  return [
    `mounted=$(kubectl get ${prometheus} --output='jsonpath={.spec.secrets[*]}') && case " $mounted " in`,
    `  *' ${eck.caSecretName} '*) ;;`,
    `  '  ') kubectl patch ${prometheus} --type=merge --patch=${shellWord(create)} ;;`,
    `  *) kubectl patch ${prometheus} --type=json --patch=${shellWord(add)} ;;`,
    'esac',
  ].join('\n');
}

/**
 * Names the chart's version: the newest could need other values. Keeps only the values of the release that were set: --reuse-values would also keep the defaults of its old chart, one
 * of which turns verification off (helm, pkg/action/upgrade.go, reuseValues). Before 2.16, the chart names an image
 * that no longer exists, and a StatefulSet does not replace a pod that never ran.
 */
function helmCommands(eck: Eck): readonly string[] {
  const { operatorName: name, operatorNamespace: namespace } = eck;
  const upgrade = [
    `helm upgrade ${eck.helmRelease} eck-operator --repo=https://helm.elastic.co --namespace=${namespace}`,
    `--version=${formatStackVersion(eck.version)}`,
    `--reset-then-reuse-values --values=${SAVED.helmValues}`,
  ].join(' ');
  if (isNative(eck.version)) return [upgrade];
  const image = shellWord(`kube-rbac-proxy=${eck.kubeRbacProxyImage}`);
  return [
    upgrade,
    `kubectl set image statefulset/${name} --namespace=${namespace} ${image}`,
    `kubectl delete pod ${name}-0 --namespace=${namespace} --ignore-not-found`,
  ];
}

function patchOperator(eck: Eck): string {
  return `kubectl patch statefulset ${eck.operatorName} --namespace=${eck.operatorNamespace} --type=strategic --patch-file=/dev/stdin <<'PATCH'\n${yaml(operatorPatch(eck))}PATCH`;
}
