import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { freePort } from '../ports.ts';
import type { LambdaPrograms } from './programs.ts';

/** A function in an execution environment of its own, which starts with the first event. */
export interface EmulatedFunction {
  /** @returns what the function returned, or `{ errorType, errorMessage }` where it failed or did not start. */
  invoke(event: unknown): Promise<unknown>;
  /**
   * After {@link stop}: milliseconds from the start of the process to the client's first request for an event; undefined
   * where it did not start.
   */
  initMilliseconds(): number | undefined;
  /** What emulator and function wrote. */
  log(): string;
  stop(): Promise<void>;
}

/** A bundle, and the environment that Lambda gives it. */
export interface EmulatedCode {
  /** Directory with `index.mjs`. */
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Readies a function: under AWS's client for the Lambda runtime, with this process's version of Node. */
export async function emulate(
  { emulator, client }: LambdaPrograms,
  { directory, variables }: EmulatedCode,
): Promise<EmulatedFunction> {
  const address = `127.0.0.1:${await freePort()}`;
  const addresses = [
    ...['--runtime-interface-emulator-address', address],
    ...['--runtime-api-address', `127.0.0.1:${await freePort()}`],
  ];
  const child = spawn(emulator, [...addresses, process.execPath, client, 'index.handler'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...variables, LAMBDA_TASK_ROOT: directory, _HANDLER: 'index.handler' },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  await ready(child, `http://${address}/`, () => log);
  return {
    async invoke(event) {
      const url = `http://${address}/2015-03-31/functions/function/invocations`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
      const text = await response.text();
      return text === '' ? undefined : JSON.parse(text);
    },
    initMilliseconds() {
      const [, milliseconds] =
        /INIT RTDONE\(status: success\)\n.*INIT REPORT\(durationMs: ([\d.]+)\)/.exec(log) ?? [];
      return milliseconds === undefined ? undefined : Number(milliseconds);
    },
    log: () => log,
    async stop() {
      // Comes after the last of its words.
      const closed = once(child, 'close');
      // The emulator ends the client before itself.
      child.kill('SIGTERM');
      await closed;
    },
  };
}

/** Waits until the emulator listens, 30 seconds at most. */
async function ready(child: ChildProcess, url: string, log: () => string): Promise<void> {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries += 1) {
    const listens = await fetch(url, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    if (listens) return;
    await after(50);
  }
  child.kill('SIGKILL');
  throw new Error(`the emulator of Lambda does not start:\n${log()}`);
}
