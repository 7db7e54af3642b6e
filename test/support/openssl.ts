import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Runs the openssl command line. @throws Error with its messages where it fails. */
export function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A directory of trusted CAs with this one alone, as openssl finds them there. Returns the directory. */
export function trustDirectory(caFile: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  const hash = openssl('x509', '-in', caFile, '-noout', '-hash').trim();
  copyFileSync(caFile, join(directory, `${hash}.0`));
  return directory;
}
