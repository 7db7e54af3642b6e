import { spawnSync } from 'node:child_process';

/** The version of the Elastic Agent that is installed here; undefined where there is none. */
export function stackVersionHere(): string | undefined {
  const { stdout } = spawnSync('elastic-agent', ['version', '--binary-only'], {
    encoding: 'utf8',
    timeout: 5000,
  });
  return /\b(\d+\.\d+\.\d+)\b/.exec(stdout ?? '')?.[1];
}
