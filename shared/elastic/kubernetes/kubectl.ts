import type { Places } from './enroll-script.ts';

/** The name and namespace of a Secret. */
export interface SecretName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * Puts both into the Secret, which is created if it is missing. Applied on the server: an apply on the client would
 * copy the private key into an annotation, which `kubectl describe` shows. kubectl refuses a key that does not match.
 */
export function applySecret(
  { name, namespace }: SecretName,
  { key, certificate }: Pick<Places, 'key' | 'certificate'>,
): string {
  return `kubectl create secret tls ${name} --namespace=${namespace} --cert=${certificate} --key=${key} --dry-run=client --output=yaml | ${APPLY}`;
}

/**
 * Puts the address of the API (`url`) into a Secret, and the token (`token`) where there is one to enroll with: without, one
 * of an earlier kit is removed. The token goes through a pipe, since others can read arguments. Runs in a subshell, which
 * ends if a variable is missing.
 */
export function applyAccessSecret({ name, namespace }: SecretName, withToken: boolean): string {
  const [pipe, file] = withToken
    ? ['printf %s "$FLEETSEAL_TOKEN" | ', ' --from-file=token=/dev/stdin']
    : ['', ''];
  const create = `${pipe}kubectl create secret generic ${name} --namespace=${namespace}${file} --from-literal=url="$FLEETSEAL_URL" --dry-run=client --output=yaml`;
  return ['(', `  ${given(withToken)}`, `  ${create} | ${APPLY}`, ')'].join('\n');
}

/** Also takes over fields that another `kubectl create` owns. */
export const APPLY = 'kubectl apply --server-side --field-manager=fleetseal --force-conflicts --filename=-';

/**
 * Ends the shell and names what is missing, unless the address is set, and the token where it is needed. To run before any pipe: the shell
 * would end only one side of it, and kubectl would read an empty token.
 */
export function given(withToken = true): string {
  const variable = (name: string, meaning: string) => `"$\u007b${name}:?is ${meaning}}"`;
  const url = variable('FLEETSEAL_URL', 'the address of this service, without /v1');
  return `: ${url}${withToken ? ` ${variable('FLEETSEAL_TOKEN', 'a bootstrap token')}` : ''}`;
}
