import { execFile } from 'node:child_process';

/** What a program did. */
export interface Outcome {
  /** -1 where it could not be started or was ended by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, whatever its exit code. Never throws: a program that is not there has code -1.
 *
 * @param options.env variables besides ours; one that is undefined is taken out.
 */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<Outcome> {
  const env = { ...process.env, ...options.env };
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const limits = { encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  execFile(program, [...args], { ...limits, cwd: options.cwd, env }, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
    resolve({ code, stdout, stderr: stderr === '' && error !== null ? error.message : stderr });
  });
  return promise;
}

/** Runs a program that has to succeed. @throws Error with its last words where it does not. */
export async function mustRun(...args: Parameters<typeof run>): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  if (code !== 0) {
    const words = (stderr.trim() || stdout.trim()).split('\n').slice(-12).join('\n');
    throw new Error(`${args[0]} ${args[1].join(' ')} ended with code ${code}:\n${words}`);
  }
  return stdout;
}
