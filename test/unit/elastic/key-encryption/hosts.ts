import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { lastingDirectory } from '../../../support/lasting-directory.ts';
import { openssl } from '../../../support/openssl.ts';
import { kit } from '../agent/kits.ts';

/** Shells of this machine. */
export const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/busybox'].filter((shell) =>
  existsSync(shell),
);

/** The programs by which the script changes anything. */
const PROGRAMS = ['openssl', 'mktemp', 'chown', 'chmod', 'ln', 'rm', 'mv'];

const group = spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim();

/** The kit of a directory here, whose files belong to whoever runs the tests. */
function kitOfHost(directory: string, deployment: Deployment = {}): Kit {
  const agent = { unprivileged: true, user: userInfo().username, group };
  return kit({ directory, keyPassphraseFile: `${directory}/agent.pass`, agent, ...deployment });
}

function program(path: string, lines: string): void {
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory with a key in it, as a host has before the script runs. */
export class Host {
  readonly #root = lastingDirectory('key');
  readonly directory: string;
  readonly key: string;
  readonly pass: string;
  readonly plainPem: string;

  /** @param name - of the directory: its characters get into every path */
  constructor(name = 'host', options: readonly string[] = ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256']) {
    this.directory = join(this.#root, name);
    mkdirSync(this.directory);
    // Of the whole machine: a test may take long then, and learns nothing from it.
    program(join(this.#root, 'sync'), 'exit 0');
    this.key = join(this.directory, 'agent.key');
    this.pass = join(this.directory, 'agent.pass');
    openssl('genpkey', '-algorithm', ...options, '-out', this.key);
    this.plainPem = readFileSync(this.key, 'utf8');
  }

  get script(): string {
    return kitOfHost(this.directory).keyEncryption?.shell ?? '';
  }

  run(env: Readonly<Record<string, string>> = {}, shell = '/bin/sh'): Outcome {
    const path = `${this.#root}:${env['PATH'] ?? process.env['PATH']}`;
    const environment = { ...process.env, ...env, PATH: path };
    const options = { encoding: 'utf8', env: environment, input: this.script } as const;
    const {
      status: code,
      stdout,
      stderr,
    } = spawnSync(shell, shell.endsWith('busybox') ? ['sh'] : [], options);
    return { code, stdout, stderr };
  }

  /** So many at the same time. */
  runTogether(count: number): Promise<readonly (number | null)[]> {
    const one = () =>
      new Promise<number | null>((resolve) => {
        const child = spawn('/bin/sh', [], { stdio: ['pipe', 'ignore', 'ignore'] });
        child.on('close', resolve);
        child.stdin.end(this.script);
      });
    return Promise.all(Array.from({ length: count }, one));
  }

  /**
   * Directory for the PATH with programs that note how they are called, in `calls`, and then do what they should.
   *
   * @param killAt - the call, counted from 1, that kills the script instead. @default - none
   */
  watched(killAt = 0): { readonly path: string; readonly calls: () => readonly string[] } {
    const bin = mkdtempSync(join(this.#root, 'bin-'));
    const log = join(bin, 'log');
    writeFileSync(log, '');
    for (const name of PROGRAMS) {
      const real = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      const kill = `[ "$(wc -l <'${log}')" -ne ${killAt} ] || { kill -9 $PPID; exit 1; }`;
      program(
        join(bin, name),
        `printf '%s' "${name} $*" | /usr/bin/tr '\\n' ' ' >>'${log}'\necho >>'${log}'\n${kill}\nexec '${real}' "$@"`,
      );
    }
    const calls = () => readFileSync(log, 'utf8').split('\n').slice(0, -1);
    return { path: `${bin}:${process.env['PATH']}`, calls };
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
