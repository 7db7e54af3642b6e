import type { KeyKind } from '../../domain/key-kind.ts';
import { shellWord } from '../shell.ts';

/** The key that openssl makes, of the kind of the certificate's own. */
const KEY_OPTIONS: Readonly<Record<KeyKind, string>> = {
  rsa: '-algorithm RSA -pkeyopt rsa_keygen_bits:3072',
  p256: '-algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  p384: '-algorithm EC -pkeyopt ec_paramgen_curve:P-384',
  p521: '-algorithm EC -pkeyopt ec_paramgen_curve:P-521',
  ed25519: '-algorithm ED25519',
};

/** The certificate that is asked for. */
export interface Wish {
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly keyKind: KeyKind;
}

/** Shell words: where the files are, and what the service wants. */
export interface Places {
  readonly key: string;
  readonly certificate: string;
  /** A directory for what lies between, of which nothing is needed afterwards. */
  readonly scratch: string;
  /** Of the API, without a path. */
  readonly url: string;
  readonly token: string;
}

/** A line of POSIX sh that makes a private key, readable for its owner alone. */
export function makeKey({ keyKind }: Wish, { key }: Places): string {
  return `openssl genpkey ${KEY_OPTIONS[keyKind]} -out ${key}`;
}

/**
 * Lines of POSIX sh, to run under `set -eu`, that enroll with a key and write the certificate and its issuers. They need
 * openssl, curl 7.55 or later and sed. The token goes by a pipe, since arguments can be read by others; the CSR as
 * base64 of its DER needs no escaping in JSON. Asked again with the same key, the service answers the same.
 */
export function enrollLines(
  wish: Wish,
  { key, certificate, scratch, url, token }: Places,
): readonly string[] {
  const [csr, answer] = [`${scratch}/request.der`, `${scratch}/answer.json`];
  const names = JSON.stringify({ name: wish.name, dnsNames: wish.dnsNames }).slice(1);
  return [
    `openssl req -new -key ${key} -subj / -outform DER -out ${csr}`,
    `printf '{"csr":"%s",%s' "$(openssl base64 -A -in ${csr})" ${shellWord(names)} >${scratch}/request.json`,
    [
      `printf 'authorization: Bearer %s' ${token} |`,
      'curl --silent --show-error --fail --retry 5 --max-time 60 --header @-',
      `--header 'content-type: application/json' --data @${scratch}/request.json --output ${answer} ${url}/v1/enroll`,
    ].join(' '),
    `leaf=$(sed -n 's/.*"certificate": *"\\([^"]*\\)".*/\\1/p' ${answer})`,
    `issuers=$(sed -n 's/.*"chain": *\\[\\([^]]*\\)].*/\\1/p' ${answer} | sed 's/", *"//g; s/"//g')`,
    `printf '%b' "$leaf$issuers" >${certificate}`,
  ];
}

/**
 * Puts both into the Secret, made where it is missing. On the server's side: the client's would copy the private key
 * into an annotation, which `kubectl describe` shows. kubectl refuses a key that does not fit the certificate.
 */
export function applySecret(
  secret: { readonly secretName: string; readonly operatorNamespace: string },
  { key, certificate }: Places,
): string {
  const { secretName: name, operatorNamespace: namespace } = secret;
  return `kubectl create secret tls ${name} --namespace=${namespace} --cert=${certificate} --key=${key} --dry-run=client --output=yaml | ${APPLY}`;
}

/** Takes over fields that somebody else's `kubectl create` owns. */
export const APPLY = 'kubectl apply --server-side --field-manager=fleetseal --force-conflicts --filename=-';
