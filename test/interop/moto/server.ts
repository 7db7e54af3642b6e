import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { once as madeOnce, pythonPackages, TOOLS } from '../install.ts';
import { freePort } from '../ports.ts';

/** moto in a process of its own. */
export interface Moto {
  /** For example `moto 5.2.5`. */
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

const PINS = 'moto-requirements.txt';
const SERVE = join(import.meta.dirname, 'serve.py');

/** Starts moto on the loopback interface, empty. @throws Error where it does not start. */
export async function startMoto(say: (line: string) => void): Promise<Moto> {
  const directory = await madeOnce('moto', [PINS], say, (into) => pythonPackages(PINS, into));
  const version = /^moto==(.*)$/m.exec(readFileSync(join(TOOLS, PINS), 'utf8'))?.[1];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(join(directory, 'bin/python'), [SERVE, String(port)], { stdio: 'ignore' });
  await ready(child, url);
  // Functions are not run: that would need Docker.
  const config = JSON.stringify({ lambda: { use_docker: false } });
  await fetch(`${url}/moto-api/config`, { method: 'POST', body: config });
  return { name: `moto ${version}`, url, stop: () => ended(child) };
}

/** Waits until it listens, 60 seconds at most. */
async function ready(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries += 1) {
    const listens = await fetch(`${url}/moto-api/data.json`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (listens) return;
    await after(100);
  }
  await ended(child);
  throw new Error('moto does not start');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
