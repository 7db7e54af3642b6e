import type { Places } from './enroll-script.ts';

/** Where a Secret is. */
export interface SecretName {
  readonly name: string;
  readonly namespace: string;
}

/** The variable of the shell that holds a bootstrap token. */
type TokenVariable = 'FLEETSEAL_TOKEN' | 'FLEETSEAL_RENEWAL_TOKEN';

/**
 * Puts both into the Secret, made where it is missing. On the server's side: the client's would copy the private key
 * into an annotation, which `kubectl describe` shows. kubectl refuses a key that does not fit the certificate.
 */
export function applySecret(
  { name, namespace }: SecretName,
  { key, certificate }: Pick<Places, 'key' | 'certificate'>,
): string {
  return `kubectl create secret tls ${name} --namespace=${namespace} --cert=${certificate} --key=${key} --dry-run=client --output=yaml | ${APPLY}`;
}

/**
 * Puts the token (`token`) and the address of the API (`url`) into a Secret. By a pipe, since arguments can be read by
 * others. In a shell of its own, which ends where a variable is missing.
 */
export function applyTokenSecret({ name, namespace }: SecretName, token: TokenVariable): string {
  const apply = [
    `printf %s "$${token}" |`,
    `kubectl create secret generic ${name} --namespace=${namespace}`,
    `--from-file=token=/dev/stdin --from-literal=url="$FLEETSEAL_URL" --dry-run=client --output=yaml | ${APPLY}`,
  ].join(' ');
  return ['(', `  ${given(token)}`, `  ${apply}`, ')'].join('\n');
}

/** Takes over fields that somebody else's `kubectl create` owns. */
export const APPLY = 'kubectl apply --server-side --field-manager=fleetseal --force-conflicts --filename=-';

/**
 * Ends the shell, and says what is missing, unless the address and the token are there. Before any pipe: the shell
 * would end one side of it alone, and kubectl would take the nothing that it reads for a token.
 */
export function given(token: TokenVariable): string {
  const variable = (name: string, meaning: string) => `"$\u007b${name}:?is ${meaning}}"`;
  const url = variable('FLEETSEAL_URL', 'the address of this service, without /v1');
  return `: ${url} ${variable(token, 'a bootstrap token')}`;
}
