import { type Clock, type Instant, plus, toRfc3339 } from '../domain/instant.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import type { ObjectStore } from '../revocation/ports.ts';
import { packLines } from './archive-lines.ts';
import type { ArchiveEntry, ArchivingLedger } from './ports.ts';

/*
 * Certificates that expired long ago leave the ledger for objects of many. An object is written first; then each
 * certificate leaves the ledger in one transaction that also notes which object has it. That note decides: a run that is
 * cut off after the object leaves lines that nothing refers to, and the next run writes those certificates to another
 * object. So nothing is lost, and nothing is found twice.
 */

export interface ArchiveDependencies {
  readonly ledger: ArchivingLedger;
  readonly objects: Pick<ObjectStore, 'replace'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** How long after its expiry a certificate leaves, in seconds. */
  readonly afterSeconds: number;
  /** What is left of the function's time. */
  readonly remainingMilliseconds: () => number;
}

export interface ArchiveReport {
  /** Certificates that left in this run. */
  readonly archived: number;
  readonly objects: number;
  /** Those that are due, but still needed by their successor, or were changed meanwhile: looked at again by the next run. */
  readonly left: number;
  /** How long the first that this run had no time for has been due; 0 where it saw all. */
  readonly behindSeconds: number;
}

/** Certificates of an object: about a megabyte, for which an object costs less than one of them in the table. */
export const ARCHIVE_OBJECT_CERTIFICATES = 500;

/** Transactions at the same time. */
const CONCURRENCY = 10;

/** Names under which an object is written before the run gives up. */
const WRITES = 3;

/** Takes the time of one page, however slow. */
const RESERVE_MILLISECONDS = 90_000;

/**
 * Archives what is due, earliest first, until all are seen or its time is used. Safe to run twice, at the same time, and to
 * be cut off anywhere.
 *
 * @example await archiveCertificates({ ...deps, afterSeconds: 400 * DAY, remainingMilliseconds: () => 900_000 });
 */
export async function archiveCertificates(deps: ArchiveDependencies): Promise<ArchiveReport> {
  const { ledger, clock, afterSeconds, remainingMilliseconds } = deps;
  const now = clock();
  const before = plus(now, -afterSeconds);
  const counts = { archived: 0, objects: 0, left: 0 };
  let cursor: string | undefined;
  do {
    const page = await ledger.expired({ before, limit: ARCHIVE_OBJECT_CERTIFICATES, cursor, now });
    const [first] = page.items;
    if (first !== undefined && remainingMilliseconds() < RESERVE_MILLISECONDS)
      return { ...counts, behindSeconds: before - first.validity.notAfter };
    const serialNumbers = page.items.map(({ serialNumber }) => serialNumber);
    const entries = await ledger.entries(serialNumbers, before, now);
    const archived =
      first === undefined || entries.length === 0
        ? 0
        : await moveToObject(deps, entries, first.validity.notAfter, now);
    counts.archived += archived;
    counts.objects += archived === 0 ? 0 : 1;
    counts.left += serialNumbers.length - archived;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { ...counts, behindSeconds: 0 };
}

/** @returns how many of them left. */
async function moveToObject(
  { ledger, objects, random }: ArchiveDependencies,
  entries: readonly ArchiveEntry[],
  expiredAt: Instant,
  archivedAt: Instant,
): Promise<number> {
  const object = await writeObject(objects, packLines(entries), () =>
    objectName(expiredAt, archivedAt, random),
  );
  let moved = 0;
  for (let i = 0; i < entries.length; i += CONCURRENCY) {
    const outcomes = await Promise.all(
      entries.slice(i, i + CONCURRENCY).map((entry) => ledger.move(entry, { object, archivedAt })),
    );
    moved += outcomes.filter((outcome) => outcome === 'moved').length;
  }
  return moved;
}

/**
 * Writes an object under a new name. A conflict does not say that the object is there: it may be an earlier attempt of the
 * same request that S3 still has under way (409 `ConditionalRequestConflict`) and that fails later. So only a write that
 * succeeded counts, and what else was written under another name is lines that no note names.
 *
 * @returns the name. @throws AppError `try_again` if it conflicted each time.
 */
async function writeObject(
  objects: ArchiveDependencies['objects'],
  body: Uint8Array,
  drawName: () => string,
): Promise<string> {
  for (let attempt = 0; attempt < WRITES; attempt++) {
    const name = drawName();
    const content = { body, contentType: 'application/gzip', maxAgeSeconds: 0, metadata: {} };
    if ((await objects.replace(`/${name}`, content, undefined)) === 'replaced') return name;
  }
  throw new AppError(
    'try_again',
    `The archive did not take an object under ${WRITES} new names. No certificate left the table for it; the next run tries again.`,
  );
}

/** Below the month in which the first of its certificates expired: `certificates/2026-07/20261129T031245Z-0f1e2d3c4b5a6978.jsonl.gz`. */
function objectName(expiredAt: Instant, archivedAt: Instant, random: RandomBytes): string {
  const month = toRfc3339(expiredAt).slice(0, 7);
  const time = toRfc3339(archivedAt).replaceAll(/[-:]/g, '');
  return `certificates/${month}/${time}-${Buffer.from(random(8)).toString('hex')}.jsonl.gz`;
}
