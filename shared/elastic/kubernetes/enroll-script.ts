import { requestCertificateSh } from '#host-scripts';
import type { KeyKind } from '../../domain/key-kind.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';

const ecKey = (curve: number) => `genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-${curve}`;

/** Words of `openssl` that make a key of each kind; `-out` and a file follow. */
export const KEY_OPTIONS: Readonly<Record<KeyKind, string>> = {
  rsa: 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072',
  p256: ecKey(256),
  p384: ecKey(384),
  p521: ecKey(521),
  ed25519: 'genpkey -algorithm ED25519',
};

/** What commands need that enroll and apply what they got; ends a sentence. */
export const ENROLLING = 'kubectl, openssl, curl (7.55.0 or later) and sed';

/** The certificate to request. */
export interface CertificateRequest {
  readonly name: string;
  readonly dnsNames: readonly string[];
  /** @default none */
  readonly ipAddresses?: readonly string[] | undefined;
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
  return `openssl ${KEY_OPTIONS[keyKind]} -out ${key}`;
}

/** The names of a request as a shell word: what follows the CSR in the JSON of `POST /v1/enroll`. */
export function namesWord({ name, dnsNames, ipAddresses = [] }: Omit<CertificateRequest, 'keyKind'>): string {
  const addresses = ipAddresses.length === 0 ? {} : { ipAddresses };
  return shellWord(JSON.stringify({ name, dnsNames, ...addresses }).slice(1));
}

/**
 * Lines of POSIX sh, to run under `set -eu`, that enroll with a key and write the certificate and its issuers:
 * shared/hosts/request-certificate.sh. They need openssl, curl 7.55 or later and sed.
 *
 * @param names - see {@link namesWord}
 */
export function enrollLines(names: string, { scratch: files, ...places }: Places): readonly string[] {
  const script = withVariables(requestCertificateSh(), { ...places, files, names });
  return script.trimEnd().split('\n');
}

/** Lines of POSIX sh that write the roots of the response to `file`. */
export function rootsLines({ scratch }: Pick<Places, 'scratch'>, file: string): readonly string[] {
  return [
    `roots=$(sed -n 's/.*"caBundle": *"\\([^"]*\\)".*/\\1/p' ${scratch}/answer.json)`,
    `printf '%b' "$roots" >${file}`,
  ];
}
