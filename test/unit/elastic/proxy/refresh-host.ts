import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { refreshScript } from '../../../../shared/elastic/proxy/refresh-script.ts';
import { type ListOptions, OpensslCa } from '../../../support/openssl-ca.ts';

/** Shells of this machine. */
export const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/busybox'].filter((shell) =>
  existsSync(shell),
);

/** The programs by which the script changes anything. */
const PROGRAMS = ['curl', 'mktemp', 'mv', 'cat', 'sync', 'rm', 'reload'];

interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
}

/** The lists of the two CAs; each is by default a good one with the number 05. */
export interface Offer {
  readonly root?: Partial<ListOptions> | string;
  readonly issuer?: Partial<ListOptions> | string;
  /** PEM, at the end of the bundle. */
  readonly more?: string;
}

/** A root, an issuer and the certificate of a proxy; slow to make, and never changed. */
export class Authority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'fleetseal-lists-'));
  readonly root = this.ca('fleetseal prod root-1');
  readonly issuer = this.ca('fleetseal prod issuer-1', this.root);
  readonly proxy = this.issuer.leaf('proxy-01');
  readonly #lists = new Map<string, string>();

  /** Another CA. */
  ca(name: string, above?: OpensslCa): OpensslCa {
    return new OpensslCa(mkdtempSync(join(this.#directory, 'ca-')), name, above);
  }

  bundle({ root = {}, issuer = {}, more = '' }: Offer): string {
    return this.#list(this.root, root) + this.#list(this.issuer, issuer) + more;
  }

  #list(ca: OpensslCa, options: Partial<ListOptions> | string): string {
    if (typeof options === 'string') return options;
    const key = ca.name + JSON.stringify(options);
    const made = this.#lists.get(key) ?? ca.list({ number: '05', ...options });
    this.#lists.set(key, made);
    return made;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** A host with the files of the kit, and a curl that reads what is served from a directory. */
export class ProxyHost {
  readonly #root = mkdtempSync(join(tmpdir(), 'fleetseal-proxy-'));
  readonly directory = join(this.#root, 'etc');
  readonly lists = join(this.directory, 'crl/bundle.pem');
  readonly #bin = join(this.#root, 'bin');
  readonly #authority: Authority;

  constructor(authority: Authority) {
    this.#authority = authority;
    for (const path of [this.#bin, join(this.directory, 'crl')]) mkdirSync(path, { recursive: true });
    this.write('ca.crt', authority.root.pem);
    this.write('proxy.crt', authority.proxy + authority.issuer.pem);
    this.#program('curl', CURL(join(this.#root, 'served')));
    this.#program('reload', `echo "$*" >>'${this.#root}/reloads'`);
    // Of the whole machine: a test may take long then, and learns nothing from it.
    this.#program('sync', 'exit 0');
  }

  get script(): string {
    return refreshScript({
      revocationUrl: 'http://pki.example.com',
      lists: this.lists,
      roots: join(this.directory, 'ca.crt'),
      chain: join(this.directory, 'proxy.crt'),
    });
  }

  /** Writes a file below the directory of the kit. */
  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  serve(path: string, contents: string | Buffer): void {
    const file = join(this.#root, 'served', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }

  offer(offer: Offer): string {
    const bundle = this.#authority.bundle(offer);
    this.serve('crl/bundle.pem', bundle);
    return bundle;
  }

  /** The calls of the program that stands for the reload. */
  get reloads(): readonly string[] {
    const file = join(this.#root, 'reloads');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** The reload fails from now on, or works again. */
  breakReload(broken: boolean): void {
    this.#program('reload', broken ? 'exit 7' : `echo "$*" >>'${this.#root}/reloads'`);
  }

  /** The lists in place; undefined if there are none. */
  get present(): string | undefined {
    return existsSync(this.lists) ? readFileSync(this.lists, 'utf8') : undefined;
  }

  /** What else is beside the lists and the lock. */
  get leftovers(): readonly string[] {
    return readdirSync(dirname(this.lists)).filter((name) => !['bundle.pem', '.lock'].includes(name));
  }

  run(
    reload: readonly string[] = ['reload', 'it'],
    shell = '/bin/sh',
    path = '',
    environment: Readonly<Record<string, string>> = {},
  ): Outcome {
    const PATH = `${path}${this.#bin}:${process.env['PATH']}`;
    const args = [...(shell.endsWith('busybox') ? ['sh'] : []), '-s', '--', ...reload];
    const options = {
      encoding: 'utf8',
      input: this.script,
      env: { ...process.env, ...environment, PATH },
    } as const;
    const { status: code, stderr } = spawnSync(shell, args, options);
    return { code, stderr };
  }

  /** So many at the same time. */
  runTogether(count: number): Promise<readonly (number | null)[]> {
    const env = { ...process.env, PATH: `${this.#bin}:${process.env['PATH']}` };
    const one = () =>
      new Promise<number | null>((resolve) => {
        const child = spawn('/bin/sh', ['-s', '--', 'reload'], { env, stdio: ['pipe', 'ignore', 'ignore'] });
        child.on('close', resolve);
        child.stdin.end(this.script);
      });
    return Promise.all(Array.from({ length: count }, one));
  }

  /**
   * Start of a PATH with programs that note how they are called, in `calls`, and then do what they should.
   *
   * @param killAt - the call, counted from 1, that kills the script instead. @default - none
   */
  watched(killAt = 0): { readonly path: string; readonly calls: () => readonly string[] } {
    const bin = mkdtempSync(join(this.#root, 'watched-'));
    const log = join(bin, 'log');
    writeFileSync(log, '');
    for (const name of PROGRAMS) {
      const found = spawnSync('sh', ['-c', `PATH=${this.#bin}:$PATH command -v ${name}`], {
        encoding: 'utf8',
      });
      const kill = `[ "$(/usr/bin/wc -l <'${log}')" -ne ${killAt} ] || { kill -9 $PPID; exit 1; }`;
      const lines = `echo ${name} >>'${log}'\n${kill}\nexec '${found.stdout.trim()}' "$@"`;
      writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    }
    return { path: `${bin}:`, calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1) };
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #program(name: string, lines: string): void {
    writeFileSync(join(this.#bin, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }
}

/** Takes the last argument as the URL, as the script gives it. */
const CURL = (served: string) => `while [ $# -gt 1 ]; do
  if [ "$1" = --output ]; then out=$2; fi
  shift
done
file='${served}'/\${1#http://pki.example.com/}
[ -f "$file" ] || { echo 'curl: (22) The requested URL returned error: 404' >&2; exit 22; }
exec cp "$file" "$out"`;
