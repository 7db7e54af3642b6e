import { BOOTSTRAP_SH_SHA256 } from '#host-scripts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import { shellWord } from '../elastic/syntax/shell.ts';

/** What the line names. */
export interface BootstrapLineOptions {
  /** The URL of a path of the API. */
  readonly urlOf: (path: `/${string}`) => string;
  /** Hex, of the trust bundle. */
  readonly trustSha256: string;
  readonly token: string;
  /** What the token allows: names without a wildcard are requested. */
  readonly names: BootstrapToken['names'];
}

/**
 * One line to paste on a host: it downloads `bootstrap.sh`, runs it only if it has the hash that it has today (by openssl,
 * which the script needs too: not every macOS has sha256sum), and hands it the token on standard input, since other users
 * can read the arguments of a program (`printf` is part of the shell). The file is a new one: the owner of one that was in
 * the directory of the person, such as /tmp, could change it after it was checked.
 */
export function bootstrapLine({ urlOf, trustSha256, token, names }: BootstrapLineOptions): string {
  const script = urlOf('/bootstrap.sh');
  const url = script.slice(0, -'/bootstrap.sh'.length);
  const fixed = (patterns: readonly string[]) => patterns.filter((pattern) => !pattern.includes('*'));
  const options = [
    ...fixed([names.commonName]).flatMap((name) => ['--name', name]),
    ...fixed(names.dns).flatMap((name) => ['--dns-name', name]),
  ];
  return [
    `f=$(mktemp) && curl -fsSo "$f" ${shellWord(script)}`,
    `{ openssl dgst -sha256 "$f" | grep ${BOOTSTRAP_SH_SHA256} || { echo "$f is another script than this line was made for" >&2; false; }; }`,
    `printf %s ${shellWord(token)} | sudo sh "$f" --token-file - --url ${shellWord(url)} --trust-sha256 ${trustSha256}${options.map((word) => ` ${shellWord(word)}`).join('')}`,
  ].join(' && ');
}
