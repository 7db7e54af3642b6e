import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY: another connection holds the lock (SQLite, "Result and Error Codes"). */
const BUSY = 5;

/**
 * Makes the caller the only user of a directory, by an exclusive SQLite transaction on an empty file in it. The system
 * releases the lock when its process ends, however it ends; it also holds between containers that share the directory.
 *
 * @param file made if missing, and never deleted.
 * @returns releases the directory.
 * @throws Error where another process, or this one, holds the lock, or where the file cannot be locked.
 */
export function lockDirectory(file: string): () => void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    const message = isBusy(cause)
      ? 'another local cloud uses the same data; stop it, or set FLEETSEAL_DATA to another directory'
      : `${file} cannot be locked (${String(cause)}); set FLEETSEAL_DATA to a directory on a local disk`;
    throw new Error(message, { cause });
  }
  const locked = database;
  return () => locked.close();
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === BUSY;
}
