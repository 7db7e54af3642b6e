import { execFileSync, spawn } from 'node:child_process';
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptText } from '../../../docs/generate/hosts/scripts.ts';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { makeCsr } from '../csr.ts';
import type { Ran } from '../host-shell.ts';
import type { RenewalService } from './renewal-service.ts';

/** The programs by which rotate.sh changes anything, here or at the service. */
const CHANGING = ['chmod', 'cp', 'curl', 'ln', 'mkdir', 'mktemp', 'mv', 'rm'];

/** How the script is run. */
export interface RotateOptions {
  readonly shell?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface HostOptions {
  readonly kind?: KeyKind;
  /** Of the certificate. @default 30 */
  readonly days?: number;
  /** @default - the key is not encrypted */
  readonly passphrase?: string;
  /** Further lines of fleetseal.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A host with a certificate of the service, as bootstrap.sh leaves it. Programs that the script calls can be replaced. */
export class RotatingHost {
  readonly root = mkdtempSync(join(tmpdir(), 'fleetseal-host-'));
  readonly directory = join(this.root, 'etc');
  readonly bin = join(this.root, 'bin');
  readonly script = join(this.directory, 'rotate.sh');
  readonly name: string;
  readonly #passphrase: string | undefined;

  constructor(service: RenewalService, options: HostOptions = {}) {
    const { kind = 'p256', days = 30, passphrase, settings = {} } = options;
    this.name = `host-${randomBytes(4).toString('hex')}`;
    for (const path of [this.directory, this.bin]) mkdirSync(path, { mode: 0o755 });
    const csr = makeCsr({ kind });
    const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
    const key = csr.privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher });
    this.#passphrase = passphrase;
    if (passphrase !== undefined) this.write('agent.pass', passphrase, 0o600);
    this.write('agent.key', key.toString(), 0o600);
    this.write('agent.crt', service.issue(csr.pem, this.name, days).pem + service.issuer.pem);
    this.write('ca.crt', service.root.pem);
    this.write('rotate.sh', scriptText('rotate.sh'), 0o755);
    const PASSPHRASE_FILE = passphrase === undefined ? '' : join(this.directory, 'agent.pass');
    const own = { URL: service.url, CACERT: service.caFile, PROFILE: 'agent', PASSPHRASE_FILE };
    const values = { ...own, ...settings };
    this.write(
      'fleetseal.conf',
      Object.entries(values)
        .map(([name, value]) => `${name}='${value}'\n`)
        .join(''),
    );
    // Of the whole machine: a test may take long then, and learns nothing from it.
    this.program('sync', 'exit 0');
  }

  write(name: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.directory, name), text, { mode });
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  /** A program before all others in the PATH. */
  program(name: string, lines: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }

  /**
   * The programs that change something note how they are called, and then do what they should.
   *
   * @param killAt - the call, counted from 1, that kills the script instead; -1 takes them away. @returns the calls
   */
  watch(killAt: number, path: string): () => readonly string[] {
    const log = join(this.root, 'calls');
    writeFileSync(log, '');
    for (const name of CHANGING) {
      rmSync(join(this.bin, name), { force: true });
      if (killAt < 0) continue;
      const found = execFileSync('/bin/sh', ['-c', `command -v ${name}`], {
        env: { PATH: path },
        encoding: 'utf8',
      });
      const kill = `[ "$(/usr/bin/wc -l <'${log}')" -ne ${killAt} ] || { kill -9 $PPID; exit 1; }`;
      this.program(name, `echo ${name} >>'${log}'\n${kill}\nexec '${found.trim()}' "$@"`);
    }
    return () => readFileSync(log, 'utf8').split('\n').slice(0, -1);
  }

  /** What a program of {@link program} wrote into a file of that name. */
  log(name: string): readonly string[] {
    const file = join(this.root, name);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  get serial(): string {
    return new X509Certificate(this.read('agent.crt')).serialNumber.toLowerCase();
  }

  /** Whether key and certificate belong together, and their modes are right. */
  get usable(): boolean {
    const mode = (name: string) => statSync(join(this.directory, name)).mode & 0o777;
    const certificate = new X509Certificate(this.read('agent.crt'));
    return (
      certificate.checkPrivateKey(
        createPrivateKey({ key: this.read('agent.key'), passphrase: this.#passphrase }),
      ) &&
      mode('agent.key') === 0o600 &&
      mode('agent.crt') === 0o644 &&
      // The issuer follows the certificate.
      certificate.checkIssued(
        new X509Certificate(this.read('agent.crt').split(/(?<=-----END CERTIFICATE-----\n)/)[1] ?? ''),
      )
    );
  }

  /** The files of the directory, but those that every host has. */
  get leftovers(): readonly string[] {
    const usual = [
      'agent.crt',
      'agent.key',
      'ca.crt',
      'fleetseal.conf',
      'rotate.sh',
      'pairs',
      '.rotation',
      '.lock',
      'agent.pass',
    ];
    return readdirSync(this.directory).filter((name) => !usual.includes(name));
  }

  get pairs(): readonly string[] {
    return readdirSync(join(this.directory, 'pairs')).sort();
  }

  start(args: readonly string[] = [], options: RotateOptions = {}) {
    const { shell = ['/bin/sh'], environment = {} } = options;
    const [program = '', ...before] = shell;
    const env = { PATH: `${this.bin}:${process.env['PATH']}`, HOME: this.root, ...environment };
    return spawn(program, [...before, this.script, ...args], { env, cwd: '/', detached: true });
  }

  run(args: readonly string[] = [], options: RotateOptions = {}): Promise<Ran> {
    const child = this.start(args, options);
    const out = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        out[name] += text;
      });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...out })));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
