import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileSource } from '../../shared/elastic/kit/kit-file.ts';

/** What placing looks at: of a kit that was rendered here, or of an answer. */
interface Placeable {
  readonly path: string;
  readonly source: FileSource;
  readonly mode: string | null;
  readonly contents: string | null;
}

/**
 * Puts the files of a kit in place, as a host does: those that the kit holds, and the key with which the certificate was
 * requested.
 *
 * @param key - PEM. @default - the key is in its place already
 * @param at - where a path of the kit is on this machine. @default - the same path
 * @returns the files that somebody else has to fill
 */
export function placeFiles<File extends Placeable>(
  files: readonly File[],
  key?: string,
  at: (path: string) => string = (path) => path,
): readonly File[] {
  const others: File[] = [];
  for (const file of files) {
    if (file.source === 'kit') write(at(file.path), file.contents ?? '', file.mode);
    else if (file.source !== 'host-key') others.push(file);
    else if (key !== undefined) write(at(file.path), key, file.mode);
  }
  return others;
}

function write(path: string, text: string, mode: string | null): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, mode === null ? {} : { mode: Number.parseInt(mode, 8) });
}
