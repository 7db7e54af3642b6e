import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../../support/command.ts';

/**
 * Stands for a cluster where the kit's commands meet one: a program `kubectl` that keeps one TLS Secret, in a file. What
 * else it is asked for fails.
 */
const KUBECTL = `#!/bin/sh
set -eu
case "$1-$2" in
create-secret)
  for argument in "$@"; do
    case $argument in
    --cert=*) cert=\${argument#--cert=} ;;
    --key=*) key=\${argument#--key=} ;;
    --from-file=tls.crt=*) cert=\${argument#*.crt=} ;;
    --from-file=tls.key=*) key=\${argument#*.key=} ;;
    --from-file=ca.crt=*) ca=\${argument#*.crt=} ;;
    esac
  done
  for file in "$cert" "$key" \${ca:+"$ca"}; do printf '%s ' "$(openssl base64 -A -in "$file")"; done ;;
apply---server-side) cat >"$CLUSTER/secret" ;;
get-secret) cut -d ' ' -f 1 "$CLUSTER/secret" | tr -d '\\n' ;;
*) echo "not expected: kubectl $*" >&2; exit 1 ;;
esac
`;

export interface TlsSecret {
  readonly certificate: string;
  readonly key: string;
  /** Empty where the kit puts none there. */
  readonly roots: string;
}

export class Cluster {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(join(directory, 'bin'), { recursive: true });
    writeFileSync(join(directory, 'bin/kubectl'), KUBECTL);
    chmodSync(join(directory, 'bin/kubectl'), 0o755);
    writeFileSync(join(directory, 'secret'), '');
  }

  /** Runs lines of the kit by a POSIX shell. @throws Error with what they said where they fail. */
  async run(script: string, environment: Readonly<Record<string, string>>): Promise<void> {
    const path = `${join(this.#directory, 'bin')}:${process.env['PATH']}`;
    await mustRun('sh', ['-c', script], { env: { ...environment, CLUSTER: this.#directory, PATH: path } });
  }

  secret(): TlsSecret {
    const [certificate = '', key = '', roots = ''] = readFileSync(join(this.#directory, 'secret'), 'utf8')
      .trim()
      .split(' ')
      .map((text) => Buffer.from(text, 'base64').toString());
    return { certificate, key, roots };
  }
}
