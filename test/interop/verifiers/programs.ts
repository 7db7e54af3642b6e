import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../../support/command.ts';
import { debianPackages, debianProgram, once } from '../install.ts';
import type { Judge } from './judges.ts';

const SOURCE = import.meta.dirname;

/** Libraries that programs of `c/` link, each with the package that has it and how it is linked. */
const C_LIBRARIES = [
  { name: 'OpenSSL', source: 'openssl', package: 'libssl-dev', flags: ['-lcrypto'] },
  { name: 'GnuTLS', source: 'gnutls', package: 'libgnutls28-dev', flags: ['-lgnutls'] },
  {
    ...{ name: 'NSS', source: 'nss', package: 'libnss3-dev' },
    flags: ['-I/usr/include/nss', '-I/usr/include/nspr', '-lnss3', '-lnspr4'],
  },
  {
    ...{ name: 'mbedTLS', source: 'mbedtls', package: 'libmbedtls-dev' },
    flags: ['-rdynamic', '-lmbedx509', '-lmbedcrypto'],
  },
] as const;

/** Builds every judge, once. @throws Error that says what is missing and how to get it. */
export async function buildJudges(say: (line: string) => void): Promise<readonly Judge[]> {
  return [await go(say), ...(await java(say)), await webpki(say), ...(await cLibraries(say))];
}

async function go(say: (line: string) => void): Promise<Judge> {
  const version = /go([\d.]+)/.exec((await run('go', ['version'])).stdout)?.[1];
  if (version === undefined) throw new Error('Go 1.26 or later is needed: install it from https://go.dev/dl');
  const directory = await once('verifier-go', sources('go/go.mod', 'go/main.go'), say, (into) =>
    mustRun('go', ['build', '-o', join(into, 'verifier'), '.'], { cwd: join(SOURCE, 'go') }),
  );
  return { name: `Go ${version}`, program: join(directory, 'verifier'), args: [] };
}

/** Compiled by the JDK that is found first, and run by it and by the newest of the others. */
async function java(say: (line: string) => void): Promise<readonly Judge[]> {
  await debianProgram('javac', ['-version'], 'default-jdk-headless', say);
  const directory = await once('verifier-java', sources('java/Verifier.java'), say, (into) =>
    mustRun('javac', ['-d', into, join(SOURCE, 'java/Verifier.java')]),
  );
  const found = await Promise.all(['java', ...otherJdks()].map(javaJudge(directory)));
  const [first, ...others] = found.flatMap((judge) => judge ?? []);
  if (first === undefined) throw new Error('java does not run');
  const newest = others.filter(({ major }) => major > first.major).sort((a, b) => b.major - a.major);
  return [first, ...newest.slice(0, 1)];
}

/** Where Debian's packages, and others that keep to its rules, put their JDKs. */
const JDKS = '/usr/lib/jvm';

function otherJdks(): readonly string[] {
  const names = existsSync(JDKS) ? readdirSync(JDKS) : [];
  return names.map((name) => join(JDKS, name, 'bin/java')).filter((program) => existsSync(program));
}

const javaJudge = (directory: string) => async (program: string) => {
  const { code, stderr } = await run(program, ['-version']);
  const [, version, major] = /version "((\d+)[\d.]*)/.exec(stderr) ?? [];
  if (code !== 0 || version === undefined) return undefined;
  return { name: `Java ${version}`, program, args: ['-cp', directory, 'Verifier'], major: Number(major) };
};

async function webpki(say: (line: string) => void): Promise<Judge> {
  if ((await run('cargo', ['--version'])).code !== 0)
    throw new Error(
      'cargo 1.78 or later is needed (it reads the lockfile): install it from https://rustup.rs',
    );
  const files = sources('rust/Cargo.toml', 'rust/Cargo.lock', 'rust/src/main.rs');
  const directory = await once('verifier-rust', files, say, (into) =>
    mustRun('cargo', ['build', '--release', '--locked', '--quiet'], {
      cwd: join(SOURCE, 'rust'),
      env: { CARGO_TARGET_DIR: into },
    }),
  );
  const lock = readFileSync(join(SOURCE, 'rust/Cargo.lock'), 'utf8');
  const version = /name = "rustls-webpki"\nversion = "(.*)"/.exec(lock)?.[1];
  const program = join(directory, 'release/fleetseal-interop-verifier');
  return { name: `rustls-webpki ${version}`, program, args: [] };
}

async function cLibraries(say: (line: string) => void): Promise<readonly Judge[]> {
  const names = C_LIBRARIES.map((library) => library.package);
  const versions = await debianPackages(['gcc', 'libc6-dev', ...names], say);
  const files = sources('c/cases.h', ...C_LIBRARIES.map(({ source }) => `c/${source}.c`));
  const directory = await once('verifier-c', files, say, async (into) => {
    for (const { source, flags } of C_LIBRARIES)
      await mustRun('gcc', ['-O1', '-o', join(into, source), join(SOURCE, `c/${source}.c`), ...flags]);
  });
  return C_LIBRARIES.map(({ name, source, package: from }) => {
    // Debian's version is the library's, a hyphen and Debian's own count; an epoch may precede it.
    const version = versions.get(from)?.replace(/^\d+:/, '').replace(/-.*/, '');
    return { name: `${name} ${version}`, program: join(directory, source), args: [] };
  });
}

function sources(...files: readonly string[]): readonly string[] {
  return files.map((file) => join(SOURCE, file));
}
