import { readFile, rm, writeFile } from 'node:fs/promises';

/**
 * Makes this process the only user of a directory. A lock that a killed process left behind is taken over.
 *
 * @returns gives the directory back.
 * @throws Error naming the process that uses it.
 */
export async function lockDirectory(file: string): Promise<() => Promise<void>> {
  const owner = Number(await readFile(file, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && isRunning(owner))
    throw new Error(
      `another local cloud (process ${owner}) uses the same data; stop it, or set FLEETSEAL_DATA to another directory (if there is none, remove ${file})`,
    );
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
