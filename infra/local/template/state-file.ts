import { readFile, rename, writeFile } from 'node:fs/promises';

/** Reads what an earlier start kept in a JSON file; `fallback` where there was none. */
export async function readState<State>(file: string, fallback: State): Promise<State> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? fallback : (JSON.parse(text) as State);
}

/** Keeps it, whole or not at all, for the owner of the process only. */
export async function writeState(file: string, state: unknown): Promise<void> {
  await writeFile(`${file}.tmp`, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}
