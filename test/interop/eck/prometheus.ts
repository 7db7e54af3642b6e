import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { stringify } from 'yaml';
import { mustRun, run } from '../../support/command.ts';
import { freePort } from '../ports.ts';

const CACHE = join(import.meta.dirname, '../../../node_modules/.cache/fleetseal-interop/prometheus');

/**
 * The program: the one of this machine, else that of Debian's package, unpacked and not installed, since installing it
 * starts a service.
 */
export async function findPrometheus(say: (line: string) => void): Promise<string> {
  if ((await run('prometheus', ['--version'])).code === 0) return 'prometheus';
  const program = join(CACHE, 'usr/bin/prometheus');
  if (existsSync(program)) return program;
  say('getting prometheus with apt-get ...');
  mkdirSync(CACHE, { recursive: true });
  await run('apt-get', ['update', '--quiet']);
  await mustRun('apt-get', ['download', 'prometheus'], { cwd: CACHE });
  await mustRun('sh', ['-c', 'dpkg --extract prometheus_*.deb .'], { cwd: CACHE });
  return program;
}

/** One scrape of a target, in the words of a Prometheus configuration. */
export interface ScrapeJob {
  readonly job_name: string;
  readonly scheme: 'https';
  readonly tls_config: {
    readonly ca_file: string;
    readonly server_name: string;
    readonly insecure_skip_verify: boolean;
  };
  readonly authorization: { readonly credentials_file: string };
  readonly static_configs: readonly [{ readonly targets: readonly string[] }];
}

export interface Scraped {
  readonly health: 'up' | 'down';
  readonly lastError: string;
}

/** Runs Prometheus until it has tried every job. @throws Error where it does not within 30 seconds. */
export async function scrape(
  program: string,
  directory: string,
  jobs: readonly ScrapeJob[],
): Promise<Readonly<Record<string, Scraped>>> {
  const port = await freePort();
  const configuration = { global: { scrape_interval: '5s', scrape_timeout: '5s' }, scrape_configs: jobs };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'prometheus.yml'), stringify(configuration));
  const child = spawn(
    program,
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => resolve()).once('error', () => resolve()),
  );
  try {
    return await tried(port, jobs.length);
  } finally {
    child.kill();
    await ended;
  }
}

async function tried(port: number, count: number): Promise<Readonly<Record<string, Scraped>>> {
  for (let attempt = 0; attempt < 150; attempt++) {
    await after(200);
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/targets`).catch(() => undefined);
    if (answer?.ok !== true) continue;
    const { data } = (await answer.json()) as { data: { activeTargets: readonly Target[] } };
    const known = data.activeTargets.filter(({ health }) => health !== 'unknown');
    if (known.length === count)
      return Object.fromEntries(
        known.map(({ labels, health, lastError }) => [labels.job, { health, lastError }]),
      ) as Record<string, Scraped>;
  }
  throw new Error('Prometheus did not scrape within 30 seconds');
}

interface Target {
  readonly labels: { readonly job: string };
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}
