import type { KeyKind } from '../../domain/key-kind.ts';
import { shellWord } from '../syntax/shell.ts';

/** The options of openssl for each kind of key. */
const KEY_OPTIONS: Readonly<Record<KeyKind, string>> = {
  rsa: '-algorithm RSA -pkeyopt rsa_keygen_bits:3072',
  p256: '-algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  p384: '-algorithm EC -pkeyopt ec_paramgen_curve:P-384',
  p521: '-algorithm EC -pkeyopt ec_paramgen_curve:P-521',
  ed25519: '-algorithm ED25519',
};

/** The certificate to request. */
export interface Wish {
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly keyKind: KeyKind;
}

/** Shell words for the files, and for the service's address and token. */
export interface Places {
  readonly key: string;
  readonly certificate: string;
  /** A directory for temporary files. */
  readonly scratch: string;
  /** The API's address, without a path. */
  readonly url: string;
  readonly token: string;
}

/** A line of POSIX sh that makes a private key at `key`, a shell word; only its owner can read it. */
export function makeKey(keyKind: KeyKind, key: string): string {
  return `openssl genpkey ${KEY_OPTIONS[keyKind]} -out ${key}`;
}

/** The names of a request as a shell word: what follows the CSR in the JSON of `POST /v1/enroll`. */
export function namesWord({ name, dnsNames }: Pick<Wish, 'name' | 'dnsNames'>): string {
  return shellWord(JSON.stringify({ name, dnsNames }).slice(1));
}

/**
 * Lines of POSIX sh, to run under `set -eu`, that enroll with a key and write the certificate and its issuers. They
 * need openssl, curl 7.55 or later and sed. The token goes through a pipe, since others can read arguments; the CSR as
 * base64 of its DER needs no escaping in JSON. For the same key, the service always returns the same, also a refusal,
 * as for a key whose certificate was revoked or has expired before it was fetched.
 *
 * @param names - see {@link namesWord}; or a word of that form in which the shell expands a name
 * @param onRefusal - a command to run if the service refuses this key. @default - none, for keys made each time
 */
export function enrollLines(
  names: string,
  { key, certificate, scratch, url, token }: Places,
  onRefusal?: string,
): readonly string[] {
  const [csr, answer] = [`${scratch}/request.der`, `${scratch}/answer.json`];
  const post = [
    `printf 'authorization: Bearer %s' ${token} |`,
    'curl --silent --show-error --fail --retry 5 --connect-timeout 10 --max-time 60 --header @-',
    `--header 'content-type: application/json' --data @${scratch}/request.json --output ${answer} ${url}/v1/enroll`,
  ].join(' ');
  return [
    `openssl req -new -key ${key} -subj / -outform DER -out ${csr}`,
    `printf '{"csr":"%s",%s' "$(openssl base64 -A -in ${csr})" ${names} >${scratch}/request.json`,
    ...(onRefusal === undefined ? [post] : minding(post, onRefusal)),
    `leaf=$(sed -n 's/.*"certificate": *"\\([^"]*\\)".*/\\1/p' ${answer})`,
    `issuers=$(sed -n 's/.*"chain": *\\[\\([^]]*\\)].*/\\1/p' ${answer} | sed 's/", *"//g; s/"//g')`,
    `printf '%b' "$leaf$issuers" >${certificate}`,
  ];
}

/** Lines of POSIX sh that write the roots of the response to `file`. */
export function rootsLines({ scratch }: Pick<Places, 'scratch'>, file: string): readonly string[] {
  return [
    `roots=$(sed -n 's/.*"caBundle": *"\\([^"]*\\)".*/\\1/p' ${scratch}/answer.json)`,
    `printf '%b' "$roots" >${file}`,
  ];
}

/** Runs curl so that the status is known if it fails: 409 and 422 are about the key or its names. */
function minding(post: string, onRefusal: string): readonly string[] {
  return [
    `status=$(${post} --write-out '%{http_code}') || {`,
    `  case $status in 409 | 422) ${onRefusal} ;; esac`,
    '  exit 1',
    '}',
  ];
}
