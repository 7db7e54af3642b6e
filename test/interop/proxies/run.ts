import { rmSync } from 'node:fs';
import { lastingDirectory } from '../../support/lasting-directory.ts';
import type { Check } from '../report.ts';
import { held, mainChecks, wrongUpstream } from './checks.ts';
import { listChecks } from './list-checks.ts';
import { installPrograms } from './programs.ts';
import { makeWorld } from './world.ts';

/**
 * The kit's configurations of nginx, HAProxy, Envoy, Apache httpd, Caddy and Traefik, run before a local server that stands for Elastic Cloud: who gets
 * through, what arrives there, and how long a check-in may wait. Loopback only.
 *
 * @throws Error that says what is missing.
 */
export async function proxyChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const programs = await installPrograms(say);
  say(`proxies: ${programs.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
  const directory = lastingDirectory('proxies');
  const world = await makeWorld(directory);
  try {
    say('requests are held for 65 seconds, past the 60 of nginx ...');
    const suites = [mainChecks, held, wrongUpstream, listChecks];
    const all = programs.flatMap((program) => suites.map((suite) => suite(world, program)));
    // All come to their end, so that each has stopped what it started.
    const results = await Promise.allSettled(all);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  } finally {
    await world.upstream.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
