import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mustRun, run } from '../../support/command.ts';
import { debianProgram, once } from '../install.ts';

/** A step for the program in `go/`, see Request in `go/main.go`. */
export type Step =
  | { readonly op: 'listen'; readonly server: string; readonly yaml: string; readonly at?: string }
  | {
      readonly op: 'load';
      readonly client: string;
      readonly yaml: string;
      readonly at?: string;
      /** The name that the client expects of the server. */
      readonly host: string;
    }
  | { readonly op: 'dial'; readonly client: string; readonly server?: string; readonly address?: string }
  | { readonly op: 'close'; readonly server: string };

/** How far a step came, see Answer in `go/main.go`. */
export interface StepAnswer {
  readonly ok: boolean;
  readonly stage?: 'config' | 'handshake';
  readonly error?: string;
  readonly serverError?: string;
  readonly address?: string;
  readonly peer?: string;
}

/** Elastic's TLS library in a program of its own, driven with steps. */
export interface Library {
  /** For example `tlscommon 0.47.0`. */
  readonly name: string;
  readonly do: (step: Step) => Promise<StepAnswer>;
  readonly stop: () => Promise<void>;
}

const SOURCE = join(import.meta.dirname, 'go');

/** A way to build the program. */
interface Build {
  /** Which version of the library: a file in `go/`. */
  readonly module: string;
  /** What its name says besides the version. @default - nothing */
  readonly suffix?: string;
  /** Arguments of `go build`. @default - none */
  readonly flags?: readonly string[];
  /** Variables of `go build`. @default - none */
  readonly env?: Readonly<Record<string, string>>;
}

const FIPS = { module: 'go.mod', flags: ['-tags=requirefips'] } as const;

const BUILDS = {
  current: { module: 'go.mod' },
  /** It read the passphrase's file to the last byte, and no renewed file without a restart. */
  before043: { module: 'before-0.43.mod' },
  /** As Elastic builds for FIPS: by Go's certified module (elastic/elastic-agent#14953, June 2026). */
  fips: { ...FIPS, suffix: ', FIPS', env: { GOFIPS140: 'v1.0.0' } },
  /**
   * With the rules that Elastic's builds for FIPS had before: those of BoringSSL, which Microsoft's Go kept to until
   * January 2026 (microsoft/go#2028), and in its place Go's own experiment does.
   */
  fipsBefore: {
    ...FIPS,
    suffix: ', FIPS with the rules of BoringSSL',
    env: { GOEXPERIMENT: 'boringcrypto', CGO_ENABLED: '1' },
  },
} as const satisfies Readonly<Record<string, Build>>;

export type LibraryBuild = keyof typeof BUILDS;

/** The versions that everything is tried with. */
export const LIBRARY_VERSIONS = ['current', 'before043'] as const satisfies readonly LibraryBuild[];

export type LibraryVersion = (typeof LIBRARY_VERSIONS)[number];

export interface LibraryOptions {
  readonly say: (line: string) => void;
  /** The directory that it runs in. */
  readonly cwd: string;
  /** A file that holds the system's CAs for it. */
  readonly systemCas: string;
}

/** Builds the program so, once, and starts it. @throws Error where there is no Go, or no C compiler where it needs one. */
export async function startLibrary(name: LibraryBuild, options: LibraryOptions): Promise<Library> {
  const { say, cwd, systemCas } = options;
  const how: Build = BUILDS[name];
  const pins = [how.module, how.module.replace('.mod', '.sum')];
  const sources = readdirSync(SOURCE).filter((file) => file.endsWith('.go'));
  const files = [...pins, ...sources].map((file) => join(SOURCE, file));
  const directory = await once(`tls-${name}`, files, say, (into) => build(how, into, say));
  const version = /elastic-agent-libs v([\d.]+)/.exec(readFileSync(join(SOURCE, how.module), 'utf8'))?.[1];
  return drive(
    `tlscommon ${version}${how.suffix ?? ''}`,
    spawn(join(directory, 'tls'), {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd,
      // crypto/x509, root_unix.go.
      env: { ...process.env, SSL_CERT_FILE: systemCas, SSL_CERT_DIR: join(cwd, 'no-such-directory') },
    }),
  );
}

async function build(how: Build, directory: string, say: LibraryOptions['say']): Promise<void> {
  if ((await run('go', ['version'])).code !== 0) {
    throw new Error(
      "Elastic's TLS library is built with Go 1.26 or later: install it from https://go.dev/dl",
    );
  }
  const { module, flags = [], env = {} } = how;
  if ('CGO_ENABLED' in env) await debianProgram('gcc', ['--version'], 'gcc', say);
  const args = ['build', `-modfile=${module}`, ...flags, '-o', join(directory, 'tls'), '.'];
  await mustRun('go', args, { cwd: SOURCE, env: { GOFLAGS: '-mod=readonly', ...env } });
}

function drive(name: string, program: ChildProcess): Library {
  const { stdin, stdout } = program;
  if (stdin === null || stdout === null) throw new Error('the program has no pipes');
  const waiting = new Map<number, PromiseWithResolvers<StepAnswer>>();
  const ended = Promise.withResolvers<void>();
  let last = 0;
  createInterface(stdout).on('line', (line) => {
    const { id, ...answer } = JSON.parse(line);
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  program.on('error', (error) => fail(error));
  program.on('close', (code) => {
    fail(new Error(`${name} ended with code ${code}`));
    ended.resolve();
  });
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  return {
    name,
    do: (step) => {
      const id = ++last;
      const answer = Promise.withResolvers<StepAnswer>();
      waiting.set(id, answer);
      stdin.write(`${JSON.stringify({ id, ...step })}\n`);
      return answer.promise;
    },
    stop: () => {
      stdin.end();
      return ended.promise;
    },
  };
}
