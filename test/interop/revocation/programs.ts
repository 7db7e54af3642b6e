import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../../support/command.ts';
import { debianPackages, debianProgram, once } from '../install.ts';

/** A program of `protocol.md`. */
export interface Program {
  /** Of the library that it asks, with its version. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

export interface Programs {
  readonly go: Program;
  readonly java: Program;
  readonly webpki: Program;
  readonly mbedtls: Program;
}

const SOURCE = import.meta.dirname;

/** Builds every program, once. @throws Error that says what is missing and how to get it. */
export async function buildPrograms(say: (line: string) => void): Promise<Programs> {
  return { go: await go(say), java: await java(say), webpki: await webpki(say), mbedtls: await mbedtls(say) };
}

async function go(say: (line: string) => void): Promise<Program> {
  const version = /go([\d.]+)/.exec((await run('go', ['version'])).stdout)?.[1];
  if (version === undefined) throw new Error('Go 1.26 or later is needed: install it from https://go.dev/dl');
  const pins = sources('go/go.mod', 'go/go.sum', 'go/main.go');
  const directory = await once('revocation-go', pins, say, (into) =>
    mustRun('go', ['build', '-o', join(into, 'judge'), '.'], {
      cwd: join(SOURCE, 'go'),
      env: { GOFLAGS: '-mod=readonly' },
    }),
  );
  return { name: `Go ${version}`, program: join(directory, 'judge'), args: [] };
}

async function java(say: (line: string) => void): Promise<Program> {
  await debianProgram('javac', ['-version'], 'default-jdk-headless', say);
  const directory = await once('revocation-java', sources('java/Revocation.java'), say, (into) =>
    mustRun('javac', ['-d', into, join(SOURCE, 'java/Revocation.java')]),
  );
  const version = /version "([\d.]*)/.exec((await run('java', ['-version'])).stderr)?.[1];
  return { name: `Java ${version}`, program: 'java', args: ['-cp', directory, 'Revocation'] };
}

async function webpki(say: (line: string) => void): Promise<Program> {
  if ((await run('cargo', ['--version'])).code !== 0)
    throw new Error('cargo 1.78 or later is needed: install it from https://rustup.rs');
  const pins = sources('rust/Cargo.toml', 'rust/Cargo.lock', 'rust/src/main.rs');
  const directory = await once('revocation-rust', pins, say, (into) =>
    mustRun('cargo', ['build', '--release', '--locked', '--quiet'], {
      cwd: join(SOURCE, 'rust'),
      env: { CARGO_TARGET_DIR: into },
    }),
  );
  const lock = readFileSync(join(SOURCE, 'rust/Cargo.lock'), 'utf8');
  const version = /name = "rustls-webpki"\nversion = "(.*)"/.exec(lock)?.[1];
  const program = join(directory, 'release/fleetseal-interop-revocation');
  return { name: `rustls-webpki ${version}`, program, args: [] };
}

async function mbedtls(say: (line: string) => void): Promise<Program> {
  const versions = await debianPackages(['gcc', 'libc6-dev', 'libmbedtls-dev'], say);
  const source = join(SOURCE, 'c/mbedtls.c');
  const directory = await once('revocation-c', [source], say, (into) =>
    mustRun('gcc', ['-O1', '-o', join(into, 'mbedtls'), source, '-lmbedx509', '-lmbedcrypto']),
  );
  const version = versions.get('libmbedtls-dev')?.replace(/-.*/, '');
  return { name: `mbedTLS ${version}`, program: join(directory, 'mbedtls'), args: [] };
}

function sources(...files: readonly string[]): readonly string[] {
  return files.map((file) => join(SOURCE, file));
}
