import { execFileSync, spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ran } from '../host-shell.ts';
import { finished } from './bootstrap-host.ts';
import type { Userland } from './programs.ts';

/** The programs by which a script reaches the service and the cluster, or changes what outlives it. */
const REACHING = ['curl', 'kubectl', 'mv', 'rm'];

/** The service that a script reaches: a local cloud, or what stands for one. */
export interface PodService {
  readonly local: { readonly url: string; readonly caFile: string };
  /** Its clock, in seconds since 1970. */
  seconds(): number;
}

/** How a script is run. */
export interface PodOptions {
  /** @default - the first that is installed */
  readonly userland: Userland;
  /** The call of a program that reaches out, counted from 1, that kills the script instead. @default - none */
  readonly killAt?: number;
  /** How far the pod's clock is ahead of the service's. Seconds. @default 0 */
  readonly clockAhead?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A pod that runs a script of a kit: its mounts are directories of this machine (`$ROOT`), its clock is the service's. */
export class Pod {
  readonly root = mkdtempSync(join(tmpdir(), 'fleetseal-pod-'));
  readonly bin = this.path('bin');
  readonly #service: PodService;

  constructor(service: PodService) {
    this.#service = service;
    mkdirSync(this.bin);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** A program before all others in the PATH. */
  program(name: string, text: string): void {
    writeFileSync(join(this.bin, name), text, { mode: 0o755 });
  }

  async run(
    script: readonly string[],
    { userland, killAt = 0, clockAhead = 0, environment = {} }: PodOptions,
  ): Promise<Ran> {
    const rest = existsSync(this.path('busybox')) ? this.path('busybox') : userland.path(this.root);
    this.#watch(killAt, rest, clockAhead);
    const [program = '', ...before] = userland.shell;
    const env = {
      PATH: `${this.path('watched')}:${this.bin}:${rest}`,
      ROOT: this.root,
      CURL_CA_BUNDLE: this.#service.local.caFile,
      ...environment,
    };
    const child = spawn(program, [...before, ...script], { env, cwd: this.root, detached: true });
    return finished(child);
  }

  /** How often programs that reach out were called. */
  get calls(): number {
    return readFileSync(this.path('calls'), 'utf8').length;
  }

  #watch(killAt: number, rest: string, clockAhead: number): void {
    const watched = this.path('watched');
    rmSync(watched, { recursive: true, force: true });
    mkdirSync(watched);
    writeFileSync(this.path('calls'), '');
    for (const name of REACHING) {
      const found = this.#find(name, rest);
      if (found === '') continue;
      // The process group is the script and all that it started.
      const kill = `[ "$(/usr/bin/wc -c <'${this.path('calls')}')" -ne ${killAt} ] || kill -9 0`;
      const lines = `printf . >>'${this.path('calls')}'\n${kill}\nexec '${found}' "$@"`;
      writeFileSync(join(watched, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    }
    const ahead = clockAhead + this.#service.seconds() - Math.floor(Date.now() / 1000);
    const date = `for format; do :; done\nexec /bin/date -u -d "@$(($(/bin/date +%s) + ${ahead}))" "$format"`;
    writeFileSync(join(watched, 'date'), `#!/bin/sh\n${date}\n`, { mode: 0o755 });
  }

  #find(name: string, rest: string): string {
    const lines = `command -v ${name} || :`;
    const PATH = `${this.bin}:${rest}`;
    return execFileSync('/bin/sh', ['-c', lines], { env: { PATH }, encoding: 'utf8' }).trim();
  }

  /** Takes a program of {@link program} away again. */
  unlink(name: string): void {
    rmSync(join(this.bin, name));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A certificate with its key, as they are found. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export function serialOf({ certificate }: Pair): string {
  return new X509Certificate(certificate).serialNumber.toLowerCase();
}

/** Whether key and certificate belong together, and the issuer follows. */
export function isUsable({ certificate, key }: Pair): boolean {
  const [leaf, issuer] = certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
  const own = new X509Certificate(leaf ?? '');
  return own.checkPrivateKey(createPrivateKey(key)) && own.checkIssued(new X509Certificate(issuer ?? ''));
}

/** A curl for {@link Pod.program}: a gateway refuses what ends so, in its own words. */
export function refusing(ending: string, status: number): string {
  return `#!/bin/sh\nfor word; do case $word in */${ending}) printf ${status}; exit ;; esac; done\nexec /usr/bin/curl "$@"\n`;
}
