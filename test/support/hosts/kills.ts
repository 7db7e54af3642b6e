import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How many times a script is killed at random moments.
 *
 * @param usually - as many as continuous integration has time for; the variable HOST_KILLS takes another number
 */
export function killsOf({ usually }: { readonly usually: number }): number {
  return Number(process.env['HOST_KILLS'] ?? usually);
}

/** Kills the whole group of a process, as when the power fails, or it alone, whose programs then go on. */
export function killGroup(pid: number | undefined, alone: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(alone ? pid : -pid, 'SIGKILL');
  } catch {
    // It had just ended.
  }
}

/** Waits for the programs of a script that was killed alone: they go on, and have its lock, until they end. */
export function awaitLock(directory: string): void {
  const file = join(directory, '.lock');
  if (existsSync(file)) execFileSync('flock', [file, 'true']);
}
