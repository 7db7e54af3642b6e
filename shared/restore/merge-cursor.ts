import { type Instant, instant } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';

/** Where a merge goes on, and when its first run began. */
export interface MergeCursor {
  readonly since: Instant;
  /** Where the walk through the certificates goes on; undefined for the beginning. */
  readonly after: string | undefined;
}

export function writeMergeCursor({ since, after = '' }: MergeCursor): string {
  return Buffer.from(`${since}:${after}`).toString('base64url');
}

/** Undefined where there is none. @throws AppError `malformed_request` for a text that {@link writeMergeCursor} did not write. */
export function readMergeCursor(cursor: string | undefined): MergeCursor | undefined {
  if (cursor === undefined) return undefined;
  const [, since, after] = /^(\d{1,12}):(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (since === undefined || after === undefined)
    throw new AppError(
      'malformed_request',
      'cursor: is not a cursor of a merge. Leave it out to begin again.',
    );
  return { since: instant(Number(since)), after };
}
