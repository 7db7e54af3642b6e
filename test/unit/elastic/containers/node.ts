import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { type Outcome, run } from '../../../support/command.ts';
import { openssl } from '../../../support/openssl.ts';
import { kit } from '../agent/kits.ts';

/**
 * Stands for the service, in the place of curl: signs what it is asked for, answers the same to the same key, and writes
 * down each call. `$SERVICE/fails` makes it fail: with the status in it and the body in `$SERVICE/problem`, or without a
 * response. `$SERVICE/answers` is answered in the place of a certificate. It renews nothing: a test with the service itself
 * does (test/exhaustive/pods).
 */
const CURL = `#!/bin/sh
set -eu
printf '%s\\n' "$*" >>"$SERVICE/arguments"
case $* in */v1/enroll) cat >>"$SERVICE/input" ;; esac
if [ -e "$SERVICE/fails" ] && [ ! -s "$SERVICE/fails" ]; then echo 'curl: (7) no connection' >&2; printf 000; exit 7; fi
for argument in "$@"; do
  case $argument in
  @*/request.json) request=\${argument#@} ;;
  */answer.json) answer=$argument ;;
  esac
done
if [ -e "$SERVICE/fails" ]; then cp "$SERVICE/problem" "$answer"; cat "$SERVICE/fails"; exit; fi
case $* in
*/v1/renewal/*) printf '{"suggestedWindow":{"start":"%s"},"retryAfter":21600}' "$(cat "$SERVICE/from")" >"$answer"; printf 200; exit ;;
*/v1/renew) printf '{"detail":"enroll"}' >"$answer"; printf 409; exit ;;
esac
cat "$request" >>"$SERVICE/requests"
printf 201
if [ -e "$SERVICE/answers" ]; then cp "$SERVICE/answers" "$answer"; exit 0; fi
sed 's/{"csr":"\\([^"]*\\)".*/\\1/' "$request" | openssl base64 -d -A | openssl req -inform DER -out "$SERVICE/csr.pem"
id=$(openssl req -in "$SERVICE/csr.pem" -noout -pubkey | openssl dgst -sha256 -r | cut -c1-16)
if [ ! -e "$SERVICE/$id" ]; then
  echo >>"$SERVICE/uses"
  openssl x509 -req -in "$SERVICE/csr.pem" -CA "$SERVICE/ca.crt" -CAkey "$SERVICE/ca.key" -days "$(cat "$SERVICE/days")" -set_serial "0x$id" -out "$SERVICE/$id" 2>/dev/null
fi
pem() { awk '{ printf "%s\\\\n", $0 }' "$1"; }
printf '{"serialNumber":"1","certificate":"%s","chain":["%s"],"caBundle":"%s","renewal":{"from":"%s","until":"2099-01-01T00:00:00Z"}}' \\
  "$(pem "$SERVICE/$id")" "$(pem "$SERVICE/ca.crt")" "$(pem "$SERVICE/ca.crt")" "$(cat "$SERVICE/from")" >"$answer"
`;

/** Breaks off where it would put a file in place whose name is in `$SERVICE/breaks`. */
const MV = `#!/bin/sh
for last; do :; done
[ "$last" != "$(cat "$SERVICE/breaks" 2>/dev/null)" ] && exec /bin/mv "$@"
`;

/** A node of a cluster, as far as the pods' scripts see it: a directory for each of their mounts. */
export class FakeNode {
  readonly #root = mkdtempSync(join(tmpdir(), 'fleetseal-node-'));
  readonly directory = this.#path('directory');
  readonly #shell: string;

  /** @param shell - which program is `sh` there */
  constructor(shell: string) {
    this.#shell = shell;
    for (const name of ['bin', 'directory', 'settings', 'access', 'scratch', 'service'])
      mkdirSync(this.#path(name));
    symlinkSync(`/bin/${shell}`, this.#path('bin/sh'));
    for (const [name, script] of Object.entries({ curl: CURL, mv: MV }))
      writeFileSync(this.#path(`bin/${name}`), script, { mode: 0o755 });
    writeFileSync(this.#path('access/token'), 'fst_secret');
    writeFileSync(this.#path('access/url'), 'https://api.example.com');
    const [key, certificate] = [this.#path('service/ca.key'), this.#path('service/ca.crt')];
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', key, '-out', certificate, '-subj', '/CN=ca', '-days', '30'],
    );
    this.service('days', '30').service('from', '2099-01-01T00:00:00Z').service('problem', '');
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Writes what the ConfigMap of a kit holds. */
  configure(deployment: Deployment = {}): this {
    const { kubernetes } = kit(
      {
        os: 'container',
        container: { runtime: 'kubernetes', image: 'tools:1' },
        directory: this.directory,
        ...deployment,
      },
      { keyKind: 'p256' },
    );
    const { data } = parse(kubernetes?.manifests ?? '');
    for (const [name, text] of Object.entries<string>(data))
      writeFileSync(this.#path(`settings/${name}`), this.#here(text));
    return this;
  }

  /** Says how the service behaves; without a text, as usual. */
  service(name: 'days' | 'from' | 'fails' | 'problem' | 'answers' | 'breaks', text?: string): this {
    const path = this.#path(`service/${name}`);
    if (text === undefined) rmSync(path, { force: true });
    else writeFileSync(path, text);
    return this;
  }

  /** Runs what the enrolling containers run. */
  keep(nodeName = 'node-1.example.com'): Promise<Outcome> {
    const env = {
      PATH: `${this.#path('bin')}:${process.env['PATH']}`,
      NODE_NAME: nodeName,
      TMPDIR: this.#path('scratch'),
      SERVICE: this.#path('service'),
    };
    return run(this.#shell, [this.#path('settings/keep.sh')], { env });
  }

  /** What the service was told: `arguments` and `input` of curl, bodies of requests, one line for each use. */
  told(what: 'arguments' | 'input' | 'requests' | 'uses'): string {
    const path = this.#path(`service/${what}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  get uses(): number {
    return this.told('uses').length;
  }

  file(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  write(name: string, text: string): this {
    writeFileSync(join(this.directory, name), text);
    return this;
  }

  /** Whether the agent could load them: the key is the certificate's. */
  get pairFits(): boolean {
    const at = (name: string) => join(this.directory, name);
    return (
      openssl('x509', '-in', at('agent.crt'), '-noout', '-pubkey') ===
      openssl('pkey', '-in', at('agent.key'), '-pubout')
    );
  }

  #path(name: string): string {
    return join(this.#root, name);
  }

  #here(script: string): string {
    return script.replaceAll('/fleetseal/', `${this.#root}/`);
  }
}
