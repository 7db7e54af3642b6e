import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { apacheConf } from '../../../shared/elastic/proxy/apache.ts';
import { caddyfile } from '../../../shared/elastic/proxy/caddy.ts';
import { envoyYaml } from '../../../shared/elastic/proxy/envoy.ts';
import { haproxyCfg } from '../../../shared/elastic/proxy/haproxy.ts';
import { nginxConf } from '../../../shared/elastic/proxy/nginx.ts';
import type { ProxyPlan } from '../../../shared/elastic/proxy/plan.ts';
import { traefikFiles } from '../../../shared/elastic/proxy/traefik.ts';
import { run } from '../../support/command.ts';
import { debianPackages, debianProgram, envoyProgram, goProxies } from '../install.ts';
import { freePort } from '../ports.ts';

/** A program that runs a configuration of the kit. */
export interface Program {
  readonly name: 'nginx' | 'haproxy' | 'envoy' | 'apache' | 'caddy' | 'traefik';
  readonly path: string;
  readonly version: string;
  /** Its configurations by the names of their files, in `directory`; the first is the one that it is given. */
  readonly render: (plan: ProxyPlan, directory: string) => Readonly<Record<string, string>>;
  /** Arguments that keep it in the foreground, with its files in `directory`. */
  readonly args: (configuration: string, directory: string) => readonly string[];
  readonly environment?: (plan: ProxyPlan, directory: string) => Promise<Readonly<Record<string, string>>>;
  /** Arguments of kill before the process id, which reload it; none where it sees new lists itself. */
  readonly reload: readonly string[] | undefined;
  /** Without the lists it does not start, or refuses every client; or it checks none, as the kit says. */
  readonly withoutLists: 'does not start' | 'refuses' | 'checks none';
  /** What a client is answered where the upstream is not who it should be. */
  readonly untrustedUpstream: 500 | 502 | 503;
  /** What a client is answered where the upstream is silent for too long. */
  readonly silentUpstream: 502 | 504;
  /** Whether it listens before it has read how it serves. @default false */
  readonly listensEarly?: boolean;
}

type Kind = Omit<Program, 'path' | 'version'>;

const NGINX: Kind = {
  name: 'nginx',
  render: (plan) => ({ 'nginx.conf': nginxConf(plan) }),
  args: (configuration, directory) => [
    ...['-c', configuration, '-p', directory, '-e', join(directory, 'error.log')],
    ...['-g', `daemon off; pid ${join(directory, 'nginx.pid')};`],
  ],
  reload: ['-HUP'],
  withoutLists: 'does not start',
  untrustedUpstream: 502,
  silentUpstream: 504,
};

const HAPROXY: Kind = {
  name: 'haproxy',
  render: (plan) => ({ 'haproxy.conf': haproxyCfg(plan) }),
  // Master and workers, as its packages run it: the master reloads.
  args: (configuration) => ['-W', '-db', '-f', configuration],
  reload: ['-USR2'],
  withoutLists: 'does not start',
  untrustedUpstream: 503,
  silentUpstream: 504,
};

const ENVOY: Kind = {
  name: 'envoy',
  render: (plan) => ({ 'envoy.yaml': envoyYaml(plan) }),
  // Several may run on one machine.
  args: (configuration) => ['--config-path', configuration, '--disable-hot-restart', '--concurrency', '1'],
  reload: undefined,
  withoutLists: 'refuses',
  untrustedUpstream: 503,
  silentUpstream: 504,
};

/** Beside the kit's file: what the system's packages configure, and names of the upstream that only this process knows. */
const APACHE: Kind = {
  name: 'apache',
  render: (plan, directory) => ({
    'httpd.conf': `ServerName localhost
PidFile ${join(directory, 'httpd.pid')}
ErrorLog ${join(directory, 'error.log')}
${APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`).join('')}
# As in the ssl.conf of Debian and Red Hat.
SSLSessionCache shmcb:${join(directory, 'cache')}(512000)
SSLSessionCacheTimeout 300
Include ${join(directory, 'fleetseal.conf')}
`,
    'fleetseal.conf': apacheConf(plan),
    hosts: plan.services.map(({ upstream: { host, address } }) => `${address} ${host}\n`).join(''),
  }),
  args: (configuration) => ['-D', 'FOREGROUND', '-f', configuration],
  environment: async (_, directory) => ({
    LD_PRELOAD: 'libnss_wrapper.so',
    NSS_WRAPPER_HOSTS: join(directory, 'hosts'),
  }),
  reload: ['-USR1'],
  withoutLists: 'does not start',
  untrustedUpstream: 500,
  silentUpstream: 502,
};
const APACHE_MODULES = [
  'mpm_event',
  'authz_core',
  'socache_shmcb',
  'ssl',
  'headers',
  'proxy',
  'proxy_http',
] as const;

const CADDY: Kind = {
  name: 'caddy',
  render: (plan) => ({ Caddyfile: caddyfile(plan) }),
  args: (configuration) => ['run', '--config', configuration],
  environment: async (_, directory) => ({
    CADDY_ADMIN: `localhost:${await freePort()}`,
    HOME: directory,
    XDG_CONFIG_HOME: directory,
    XDG_DATA_HOME: directory,
  }),
  reload: undefined,
  withoutLists: 'checks none',
  untrustedUpstream: 502,
  silentUpstream: 504,
};

const TRAEFIK: Kind = {
  name: 'traefik',
  render: (plan, directory) => {
    const files = traefikFiles(plan);
    return {
      'traefik.yml': files.static.replace('/etc/traefik', directory),
      'dynamic.yml': files.dynamic,
    };
  },
  args: (configuration) => [`--configFile=${configuration}`],
  reload: undefined,
  withoutLists: 'checks none',
  untrustedUpstream: 500,
  silentUpstream: 504,
  listensEarly: true,
};

/** @throws Error that says how to get a program that is missing and cannot be installed. */
export async function installPrograms(say: (line: string) => void): Promise<readonly Program[]> {
  await debianProgram('nginx', ['-v'], 'nginx', say);
  await debianProgram('haproxy', ['-v'], 'haproxy', say);
  await debianProgram('/usr/sbin/apache2', ['-v'], 'apache2-bin', say);
  await debianPackages(['libnss-wrapper'], say);
  await debianProgram('shellcheck', ['--version'], 'shellcheck', say);
  const go = await goProxies(say);
  return [
    await found(NGINX, 'nginx', '-v'),
    await found(HAPROXY, 'haproxy', '-v'),
    await found(ENVOY, await envoyProgram(say), '--version'),
    await found(APACHE, '/usr/sbin/apache2', '-v'),
    await found(CADDY, join(go, 'caddy'), 'version'),
    await found(TRAEFIK, join(go, 'traefik'), 'version'),
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
  const files = Object.entries(program.render(plan, directory));
  for (const [name, text] of files) writeFileSync(join(directory, name), text);
  const log = join(directory, `${program.name}.log`);
  const configuration = join(directory, files[0]?.[0] ?? '');
  const child = spawn(program.path, program.args(configuration, directory), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(await program.environment?.(plan, directory)) },
  });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => words.push(String(text)));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  try {
    const { listensEarly = false } = program;
    for (const { host, port } of plan.services)
      await listening(child, port, listensEarly ? () => handshakes(port, host) : () => accepts(port));
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
async function listening(child: ChildProcess, port: number, tried: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) break;
    if (await tried()) return;
    await after(50);
  }
  throw new Error(`nobody listens on port ${port}`);
}

/** Whether it has a certificate for the name; a client without one is refused only after that. */
function handshakes(port: number, servername: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
    socket.on('secureConnect', () => resolve(true)).on('error', () => resolve(false));
    socket.once('secureConnect', () => socket.destroy());
  });
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
