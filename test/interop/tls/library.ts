import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mustRun, run } from '../../support/command.ts';
import { once } from '../install.ts';

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

/**
 * The versions that everything is tried with: the current one, and one from before 0.43, which read the passphrase's file
 * to the last byte and no renewed file without a restart.
 */
const MODULES = { current: 'go.mod', before043: 'before-0.43.mod' } as const;

export type LibraryVersion = keyof typeof MODULES;

export const LIBRARY_VERSIONS = Object.keys(MODULES) as readonly LibraryVersion[];

export interface LibraryOptions {
  readonly say: (line: string) => void;
  /** The directory that it runs in. */
  readonly cwd: string;
  /** A file that holds the system's CAs for it. */
  readonly systemCas: string;
}

/** Builds the program with that version of the library, once, and starts it. @throws Error where there is no Go. */
export async function startLibrary(version: LibraryVersion, options: LibraryOptions): Promise<Library> {
  const { say, cwd, systemCas } = options;
  const pins = MODULES[version];
  const sources = [pins, pins.replace('.mod', '.sum'), 'main.go', 'settings.go', 'world.go'];
  const files = sources.map((file) => join(SOURCE, file));
  const directory = await once(`tls-${version}`, files, say, (into) => build(pins, into));
  const module = /elastic-agent-libs v([\d.]+)/.exec(readFileSync(join(SOURCE, pins), 'utf8'));
  return drive(
    `tlscommon ${module?.[1]}`,
    spawn(join(directory, 'tls'), {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd,
      // crypto/x509, root_unix.go.
      env: { ...process.env, SSL_CERT_FILE: systemCas, SSL_CERT_DIR: join(cwd, 'no-such-directory') },
    }),
  );
}

async function build(pins: string, directory: string): Promise<void> {
  if ((await run('go', ['version'])).code !== 0) {
    throw new Error(
      "Elastic's TLS library is built with Go 1.26 or later: install it from https://go.dev/dl",
    );
  }
  const args = ['build', `-modfile=${pins}`, '-o', join(directory, 'tls'), '.'];
  await mustRun('go', args, { cwd: SOURCE, env: { GOFLAGS: '-mod=readonly' } });
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
