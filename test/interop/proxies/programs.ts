import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { envoyYaml } from '../../../shared/elastic/proxy/envoy.ts';
import { haproxyCfg } from '../../../shared/elastic/proxy/haproxy.ts';
import { nginxConf } from '../../../shared/elastic/proxy/nginx.ts';
import type { ProxyPlan } from '../../../shared/elastic/proxy/plan.ts';
import { run } from '../../support/command.ts';
import { debianProgram, envoyProgram } from '../install.ts';

/** A program that runs a configuration of the kit. */
export interface Program {
  readonly name: 'nginx' | 'haproxy' | 'envoy';
  readonly path: string;
  readonly version: string;
  readonly render: (plan: ProxyPlan) => string;
  /** Arguments that keep it in the foreground, with its files in `directory`. */
  readonly args: (configuration: string, directory: string) => readonly string[];
  /** Arguments of kill before the process id, which reload it; none where it sees new lists itself. */
  readonly reload: readonly string[] | undefined;
  /** Whether it refuses to start without the lists; else it refuses every client. */
  readonly needsLists: boolean;
  /** What a client is answered where the upstream is not who it should be. */
  readonly untrustedUpstream: 502 | 503;
}

type Kind = Omit<Program, 'path' | 'version'>;

const NGINX: Kind = {
  name: 'nginx',
  render: nginxConf,
  args: (configuration, directory) => [
    ...['-c', configuration, '-p', directory, '-e', join(directory, 'error.log')],
    ...['-g', `daemon off; pid ${join(directory, 'nginx.pid')};`],
  ],
  reload: ['-HUP'],
  needsLists: true,
  untrustedUpstream: 502,
};

const HAPROXY: Kind = {
  name: 'haproxy',
  render: haproxyCfg,
  // Master and workers, as its packages run it: the master reloads.
  args: (configuration) => ['-W', '-db', '-f', configuration],
  reload: ['-USR2'],
  needsLists: true,
  untrustedUpstream: 503,
};

const ENVOY: Kind = {
  name: 'envoy',
  render: envoyYaml,
  // Several may run on one machine.
  args: (configuration) => ['--config-path', configuration, '--disable-hot-restart', '--concurrency', '1'],
  reload: undefined,
  needsLists: false,
  untrustedUpstream: 503,
};

/** @throws Error that says how to get a program that is missing and cannot be installed. */
export async function installPrograms(say: (line: string) => void): Promise<readonly Program[]> {
  await debianProgram('nginx', ['-v'], 'nginx', say);
  await debianProgram('haproxy', ['-v'], 'haproxy', say);
  await debianProgram('shellcheck', ['--version'], 'shellcheck', say);
  return [
    await found(NGINX, 'nginx', '-v'),
    await found(HAPROXY, 'haproxy', '-v'),
    await found(ENVOY, await envoyProgram(say), '--version'),
  ];
}

async function found(kind: Kind, path: string, flag: string): Promise<Program> {
  const { stdout, stderr } = await run(path, [flag]);
  return { ...kind, path, version: /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? 'unknown' };
}

/** A program that listens; `stop` ends it. */
export interface Running {
  /** The command that reloads it; none where it sees new lists itself. */
  readonly reload: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Starts a program with the plan's configuration. @throws Error with its last words where it does not listen. */
export async function start(program: Program, plan: ProxyPlan, directory: string): Promise<Running> {
  const configuration = join(directory, program.name === 'envoy' ? 'envoy.yaml' : `${program.name}.conf`);
  const log = join(directory, `${program.name}.log`);
  writeFileSync(configuration, program.render(plan));
  const child = spawn(program.path, program.args(configuration, directory), {
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
    reload: program.reload === undefined ? [] : ['kill', ...program.reload, String(child.pid)],
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
