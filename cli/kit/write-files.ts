import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { KitFile } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { reasonOf } from '../reason.ts';

/** A file of the kit that now exists. */
export interface WrittenFile {
  /** Where it belongs on the host. */
  readonly path: string;
  readonly writtenTo: string;
}

/**
 * Writes the files that the kit has the contents of, below a directory, with their modes: each whole or not at all. A
 * private key is never among them. `/` is the host itself; the caller who copies the files sets their owners.
 *
 * @throws CommandError `failed` at the first that can't be written.
 */
export function writeFiles(files: readonly KitFile[], directory: string): readonly WrittenFile[] {
  return files.flatMap(({ path, source, mode, contents }) => {
    if (source !== 'kit' || contents === null) return [];
    const writtenTo = placeBelow(directory, path);
    if (/PRIVATE KEY-----/.test(contents))
      throw new CommandError(
        'failed',
        `${path} holds a private key, which no kit has; it is not written. Report this.`,
      );
    writeWhole(writtenTo, contents, mode === null ? 0o644 : Number.parseInt(mode, 8));
    return [{ path, writtenTo }];
  });
}

/** `C:\ProgramData\x` becomes `C/ProgramData/x` below the directory. */
function placeBelow(directory: string, path: string): string {
  const root = resolve(directory);
  const place = resolve(root, `.${sep}${path.replace(/^([A-Za-z]):/, '$1').replaceAll('\\', '/')}`);
  if (place.startsWith(root.endsWith(sep) ? root : root + sep)) return place;
  throw new CommandError('failed', `${path} would be outside of ${root}; it is not written.`);
}

function writeWhole(path: string, contents: string, mode: number): void {
  const draft = join(dirname(path), `.fleetseal-${process.pid}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(draft, { force: true });
    writeFileSync(draft, contents, { mode: 0o600, flag: 'wx' });
    chmodSync(draft, mode);
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new CommandError('failed', `${path} cannot be written: ${reasonOf(cause)}`, { cause });
  }
}
