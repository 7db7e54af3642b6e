import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCloud } from '../cloud.ts';
import type { Ran } from '../host-shell.ts';
import { lastingDirectory } from '../lasting-directory.ts';

/** How the script is run. */
export interface BootstrapOptions {
  readonly shell?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard input. @default - empty */
  readonly input?: string;
  /** @default - bootstrap.sh */
  readonly script?: string;
}

/** A host without anything, which downloads bootstrap.sh. Programs that the script calls can be replaced. */
export class BootstrapHost {
  readonly root = lastingDirectory('bootstrap');
  readonly directory = join(this.root, 'etc');
  readonly bin = join(this.root, 'bin');
  readonly script = join(this.root, 'bootstrap.sh');
  readonly caFile = join(this.root, 'service-ca.pem');
  readonly #cloud: TestCloud;

  private constructor(cloud: TestCloud) {
    this.#cloud = cloud;
    mkdirSync(this.bin);
    writeFileSync(this.caFile, cloud.local.caPem);
    // Of the whole machine: a test may take long then, and learns nothing from it.
    this.program('sync', 'exit 0');
    // Only root may give files to others.
    this.recorded('chown');
    this.recorded('systemctl');
    this.recorded('sleep');
  }

  static async of(cloud: TestCloud): Promise<BootstrapHost> {
    const host = new BootstrapHost(cloud);
    const { status, text } = await cloud.call({ path: '/v1/bootstrap.sh' });
    if (status !== 200) throw new Error(`no bootstrap.sh: ${status}`);
    writeFileSync(host.script, text);
    return host;
  }

  /** A program before all others in the PATH. */
  program(name: string, lines: string, directory = this.bin): void {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }

  /** A program that does nothing but write its arguments into a log of its name, and then what the lines say. */
  recorded(name: string, lines = '', directory = this.bin): void {
    this.program(name, `echo "$*" >>'${join(this.root, `${name}.log`)}'\n${lines}`, directory);
  }

  /** The calls of a program of {@link recorded}. */
  calls(name: string): readonly string[] {
    const file = join(this.root, `${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** A file beside the directory; its path. */
  file(name: string, contents: string | object): string {
    const path = join(this.root, name);
    writeFileSync(path, typeof contents === 'string' ? contents : JSON.stringify(contents));
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  mode(name: string): string {
    return (statSync(join(this.directory, name)).mode & 0o777).toString(8);
  }

  get certificate(): X509Certificate {
    return new X509Certificate(this.read('agent.crt'));
  }

  get serial(): string {
    return this.certificate.serialNumber.toLowerCase();
  }

  /** Whether key and certificate belong together. */
  get usable(): boolean {
    return this.certificate.checkPrivateKey(createPrivateKey(this.read('agent.key')));
  }

  /** Everything in the directory but pairs and the lock; and of those, what is no pair. */
  get files(): readonly string[] {
    const inside = existsSync(join(this.directory, 'pairs'))
      ? readdirSync(join(this.directory, 'pairs'))
      : [];
    return [
      ...readdirSync(this.directory).filter((name) => name !== '.lock'),
      ...inside.filter((name) => name.length !== 36).map((name) => `pairs/${name}`),
    ].sort();
  }

  /** The fingerprint of the trust bundle of the service. */
  async trust(): Promise<string> {
    const { text } = await this.#cloud.call({ path: '/v1/trust.pem' });
    return createHash('sha256').update(text).digest('hex');
  }

  /** The arguments that every run has, but for the token; no timer, which would be one of this machine. */
  async arguments(): Promise<readonly string[]> {
    const url = `${this.#cloud.local.url}/v1`;
    const directory = ['--directory', this.directory];
    const trust = ['--trust-sha256', await this.trust(), '--cacert', this.caFile];
    return ['--url', url, ...trust, ...directory, '--key-type', 'p256', '--no-timer'];
  }

  start(args: readonly string[], options: BootstrapOptions = {}): ChildProcess {
    const { shell = ['/bin/sh'], environment = {}, input = '', script = this.script } = options;
    const [program = '', ...before] = shell;
    const env = { PATH: `${this.bin}:${process.env['PATH']}`, HOME: this.root, ...environment };
    const child = spawn(program, [...before, script, ...args], { env, cwd: this.root, detached: true });
    child.stdin.on('error', () => {}).end(input);
    return child;
  }

  run(args: readonly string[], options: BootstrapOptions = {}): Promise<Ran> {
    return finished(this.start(args, options));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What a process printed, once it has ended; the code is null where a signal ended it. */
export function finished(child: ChildProcess): Promise<Ran> {
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      out[name] += text;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...out })));
}
