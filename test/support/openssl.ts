import { execFileSync } from 'node:child_process';

/** Runs the openssl command line. @throws Error with its messages where it fails. */
export function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
