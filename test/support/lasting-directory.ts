import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new directory for the files of a kit, which refuses places that do not last by their paths. It is a temporary one
 * all the same, by another path of Linux to the same place: what else a user may write to is a home, which kits of
 * servers and of unprivileged agents refuse too.
 */
export function lastingDirectory(name: string): string {
  return mkdtempSync(join('/proc/self/root', tmpdir(), `fleetseal-${name}-`));
}
