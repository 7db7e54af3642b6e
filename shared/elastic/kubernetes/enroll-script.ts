import type { KeyKind } from '../../domain/key-kind.ts';
import { shellWord } from '../syntax/shell.ts';

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

/** A line of POSIX sh that makes a private key at `key`, a shell word; readable for its owner alone. */
export function makeKey(keyKind: KeyKind, key: string): string {
  return `openssl genpkey ${KEY_OPTIONS[keyKind]} -out ${key}`;
}

/** The names of a request as a shell word: what follows the CSR in the JSON of `POST /v1/enroll`. */
export function namesWord({ name, dnsNames }: Pick<Wish, 'name' | 'dnsNames'>): string {
  return shellWord(JSON.stringify({ name, dnsNames }).slice(1));
}

/**
 * Lines of POSIX sh, to run under `set -eu`, that enroll with a key and write the certificate and its issuers. They need
 * openssl, curl 7.55 or later and sed. The token goes by a pipe, since arguments can be read by others; the CSR as
 * base64 of its DER needs no escaping in JSON. Asked again with the same key, the service answers the same; for ever
 * where it refuses, as for a key whose certificate was revoked or has ended before anybody fetched it.
 *
 * @param names - see {@link namesWord}; or a word of that form in which the shell still puts in a name
 * @param onRefusal - a command for when the service refuses this key. @default - none, for keys that are made each time
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

/** Lines of POSIX sh that write the roots of the answer to `file`, for whoever verifies others by them. */
export function rootsLines({ scratch }: Pick<Places, 'scratch'>, file: string): readonly string[] {
  return [
    `roots=$(sed -n 's/.*"caBundle": *"\\([^"]*\\)".*/\\1/p' ${scratch}/answer.json)`,
    `printf '%b' "$roots" >${file}`,
  ];
}

/** Runs curl so that the status is known when it fails: problem documents of 409 and 422 are about the key or its names. */
function minding(post: string, onRefusal: string): readonly string[] {
  return [
    `status=$(${post} --write-out '%{http_code}') || {`,
    `  case $status in 409 | 422) ${onRefusal} ;; esac`,
    '  exit 1',
    '}',
  ];
}
