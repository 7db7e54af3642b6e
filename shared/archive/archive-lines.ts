import { gunzipSync, gzipSync } from 'node:zlib';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { ArchiveEntry } from './ports.ts';

/** The body of an object: the lines, compressed (RFC 1952), as `zcat` reads it. */
export function packLines(entries: readonly ArchiveEntry[]): Uint8Array {
  return gzipSync(entries.map(({ line }) => `${line}\n`).join(''));
}

/** The line of a certificate in the body of an object; undefined where it has none. */
export function lineIn(body: Uint8Array, serialNumber: SerialNumber): string | undefined {
  return gunzipSync(body)
    .toString('utf8')
    .split('\n')
    .find((line) => line.startsWith(`{"serialNumber":"${serialNumber}"`));
}
