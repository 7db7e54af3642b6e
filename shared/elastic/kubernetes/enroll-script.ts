import type { KeyKind } from '../../domain/key-kind.ts';
import { REQUEST_CERTIFICATE_SH } from '../../hosts/scripts.generated.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';

/** The options of `openssl genpkey` for each kind of key. */
const KEY_OPTIONS: Readonly<Record<KeyKind, { readonly algorithm: string; readonly option: string }>> = {
  rsa: { algorithm: 'RSA', option: 'rsa_keygen_bits:3072' },
  p256: { algorithm: 'EC', option: 'ec_paramgen_curve:P-256' },
  p384: { algorithm: 'EC', option: 'ec_paramgen_curve:P-384' },
  p521: { algorithm: 'EC', option: 'ec_paramgen_curve:P-521' },
  ed25519: { algorithm: 'ED25519', option: '' },
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
  const { algorithm, option } = KEY_OPTIONS[keyKind];
  return `openssl genpkey -algorithm ${algorithm}${option && ` -pkeyopt ${option}`} -out ${key}`;
}

/** The variables of shared/hosts/pod-enroll.sh that say what key to make. */
export function keyVariables(keyKind: KeyKind): Readonly<Record<'algorithm' | 'option', string>> {
  return KEY_OPTIONS[keyKind];
}

/** The names of a request as a shell word: what follows the CSR in the JSON of `POST /v1/enroll`. */
export function namesWord({ name, dnsNames }: Pick<Wish, 'name' | 'dnsNames'>): string {
  return shellWord(JSON.stringify({ name, dnsNames }).slice(1));
}

/**
 * Lines of POSIX sh, to run under `set -eu`, that enroll with a key and write the certificate and its issuers:
 * shared/hosts/request-certificate.sh. They need openssl, curl 7.55 or later and sed.
 *
 * @param names - see {@link namesWord}; or a word of that form in which the shell expands a name
 * @param discard - a shell word for a file to remove if the service refuses this key. @default - none
 */
export function enrollLines(
  names: string,
  { scratch: files, ...places }: Places,
  discard = '',
): readonly string[] {
  const variables = { ...places, files, names, discard };
  const script = withVariables(REQUEST_CERTIFICATE_SH, variables);
  return script.trimEnd().split('\n');
}

/** Lines of POSIX sh that write the roots of the response to `file`. */
export function rootsLines({ scratch }: Pick<Places, 'scratch'>, file: string): readonly string[] {
  return [
    `roots=$(sed -n 's/.*"caBundle": *"\\([^"]*\\)".*/\\1/p' ${scratch}/answer.json)`,
    `printf '%b' "$roots" >${file}`,
  ];
}
