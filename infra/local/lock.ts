import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY: another connection holds the lock (SQLite, "Result and Error Codes"). */
const BUSY = 5;

/**
 * Makes the caller the only user of a directory, by an exclusive SQLite transaction on an empty file in it. The system
 * releases such a lock when its process ends, however it ends; a file that is left behind, a number that another process
 * has now, a zombie, or the length of the path make no difference, and containers that share the directory see it too.
 *
 * @param file made where missing, and left there.
 * @returns gives the directory back.
 * @throws Error where another process, or this one, holds the lock, or where the file cannot be locked.
 */
export function lockDirectory(file: string): () => void {
  const database = open(file);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw isBusy(cause)
      ? new Error(
          'another local cloud uses the same data; stop it, or set FLEETSEAL_DATA to another directory',
          { cause },
        )
      : unlockable(file, cause);
  }
  return () => database.close();
}

function open(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (cause) {
    throw unlockable(file, cause);
  }
}

function unlockable(file: string, cause: unknown): Error {
  return new Error(
    `${file} cannot be locked (${String(cause)}); set FLEETSEAL_DATA to a directory on a local disk`,
    {
      cause,
    },
  );
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === BUSY;
}
