import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { haproxyCfg } from '../../../shared/elastic/proxy/haproxy.ts';
import { nginxConf } from '../../../shared/elastic/proxy/nginx.ts';
import type { ProxyPlan } from '../../../shared/elastic/proxy/plan.ts';
import { run } from '../../support/command.ts';

/** A program that runs a configuration of the kit. */
export interface Program {
  readonly name: 'nginx' | 'haproxy';
  readonly render: (plan: ProxyPlan) => string;
  /** Arguments that keep it in the foreground, with its files in `directory`. */
  readonly args: (configuration: string, directory: string) => readonly string[];
}

export const PROGRAMS: readonly Program[] = [
  {
    name: 'nginx',
    render: nginxConf,
    args: (configuration, directory) => [
      ...['-c', configuration, '-p', directory, '-e', join(directory, 'error.log')],
      ...['-g', `daemon off; pid ${join(directory, 'nginx.pid')};`],
    ],
  },
  { name: 'haproxy', render: haproxyCfg, args: (configuration) => ['-db', '-f', configuration] },
];

/** @throws Error that says how to get a program that is missing and cannot be installed. */
export async function installPrograms(
  say: (line: string) => void,
): Promise<Readonly<Record<string, string>>> {
  const missing = [];
  for (const { name } of PROGRAMS) if ((await run(name, ['-v'])).code !== 0) missing.push(name);
  if (missing.length > 0) {
    say(`installing ${missing.join(' and ')} with apt-get ...`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '--quiet'], { env });
    const args = ['install', '--yes', '--quiet', '--no-install-recommends', ...missing];
    const { code, stderr } = await run('apt-get', args, { env });
    if (code !== 0) throw new Error(`needed (Debian: apt-get install ${missing.join(' ')}):\n${stderr}`);
  }
  return { nginx: await version('nginx'), HAProxy: await version('haproxy') };
}

async function version(program: string): Promise<string> {
  const { stdout, stderr } = await run(program, ['-v']);
  return /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? 'unknown';
}

/** A program that listens; `stop` ends it. */
export interface Running {
  readonly stop: () => Promise<void>;
}

/** Starts a program with the plan's configuration. @throws Error with its last words where it does not listen. */
export async function start(program: Program, plan: ProxyPlan, directory: string): Promise<Running> {
  const configuration = join(directory, `${program.name}.conf`);
  const log = join(directory, `${program.name}.log`);
  writeFileSync(configuration, program.render(plan));
  const child = spawn(program.name, program.args(configuration, directory), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => words.push(String(text)));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  try {
    for (const { port } of plan.services) await listening(child, port);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${program.name} does not start: ${words.join('')}`, { cause: error });
  } finally {
    writeFileSync(log, words.join(''));
  }
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Waits until somebody listens, 10 seconds at most. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) break;
    if (await accepts(port)) return;
    await after(50);
  }
  throw new Error(`nobody listens on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => resolve(false)).unref();
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}

/** Ports on which nobody listens. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
