import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Where the scripts of hosts are. */
export const HOST_SCRIPTS = join(import.meta.dirname, '../../shared/hosts');

/** What a script printed, and its exit code. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs lines of sh after the parts of the scripts that are named, under `set -u`. */
export function runParts(
  parts: readonly string[],
  lines: string,
  { shell = ['sh'], environment = {} }: RunOptions = {},
): Ran {
  const script = [...parts.map((part) => `. ./parts/${part}.sh`), 'set -u', lines].join('\n');
  const [program, ...before] = shell;
  const { status, stdout, stderr } = spawnSync(program, [...before, '-c', script], {
    cwd: HOST_SCRIPTS,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...environment },
  });
  return { code: status, stdout, stderr };
}

interface RunOptions {
  /** @default - sh */
  readonly shell?: readonly [string, ...string[]];
  /** Variables besides PATH. */
  readonly environment?: Readonly<Record<string, string>>;
}
