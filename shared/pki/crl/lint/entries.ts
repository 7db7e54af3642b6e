import { REVOCATION_REASONS, type RevokedEntry } from '../../../domain/revocation.ts';
import { readTime } from './time.ts';

/*
 * The entries of a list, in one pass without an object for any of them: a million take a fraction of a second. Each entry
 * must be in the one form that ours have, octet for octet, which is DER.
 *
 *   30 len  02 12 <18 octets, the first 01 to 7f>  17 0d <UTCTime> | 18 0f <GeneralizedTime>  [ reason ]
 *   reason: 30 0c 30 0a 06 03 55 1d 15 04 03 0a 01 <number>
 */

const SERIAL = 18;
const TIME_AT = 4 + SERIAL;
const REASON = Buffer.from('300c300a0603551d1504030a01', 'hex');

/** CRLReason, RFC 5280 section 5.3.1: not unspecified (0), which is left out, nor certificateHold, nor removeFromCRL. */
const REASON_NUMBERS = new Set([1, 2, 3, 4, 5, 9]);

/** The first thing that is wrong, and how many entries there are up to there. */
export interface EntriesFinding {
  readonly problem: string | undefined;
  readonly count: number;
}

/** @param octets contents of revokedCertificates. @param samples entries by position, which must be there like this. */
export function entriesProblem(
  octets: Uint8Array,
  samples: ReadonlyMap<number, RevokedEntry>,
): EntriesFinding {
  const entries = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const times = new Map<string, string | undefined>();
  let previous = -1;
  let count = 0;
  for (let at = 0; at < entries.length; count++) {
    const sample = samples.get(count);
    const problem =
      entryProblem(entries, at, previous, times) ?? (sample && sampleProblem(entries, at, sample));
    if (problem !== undefined) return { problem: `entry ${count}: ${problem}`, count };
    previous = at;
    at += 2 + (entries[at + 1] ?? 0);
  }
  return { problem: undefined, count };
}

/** @param previous offset of the entry before, or negative. @param times days and what is wrong with them. */
function entryProblem(
  entries: Buffer,
  at: number,
  previous: number,
  times: Map<string, string | undefined>,
): string | undefined {
  const length = entries[at + 1] ?? 0;
  const end = at + 2 + length;
  if (entries[at] !== 0x30 || length >= 0x80 || end > entries.length) return 'it is not a short SEQUENCE';
  if (entries[at + 2] !== 0x02 || entries[at + 3] !== SERIAL) return 'its serial number is not of 18 octets';
  const first = entries[at + 4] ?? 0;
  if (first < 0x01 || first > 0x7f) return 'its serial number does not begin with 01 to 7f';
  if (previous >= 0 && compareSerials(entries, previous, at) >= 0)
    return 'its serial number is not greater than that of the entry before';
  const afterTime = at + TIME_AT + 2 + (entries[at + TIME_AT + 1] ?? 0);
  if (afterTime > end) return 'its time is cut off';
  return timeProblem(entries, at + TIME_AT, afterTime, times) ?? reasonProblem(entries, afterTime, end);
}

function compareSerials(entries: Buffer, a: number, b: number): number {
  return entries.compare(entries, b + 4, b + TIME_AT, a + 4, a + TIME_AT);
}

/** The day is read once for all entries that have it; the time of day by its digits. */
function timeProblem(
  entries: Buffer,
  start: number,
  end: number,
  times: Map<string, string | undefined>,
): string | undefined {
  if (end - start < 15) return 'its time is cut off';
  const day = entries.toString('latin1', start, end - 7);
  if (!times.has(day)) times.set(day, dayProblem(entries.subarray(start, end)));
  const hour = twoDigits(entries, end - 7);
  const minute = twoDigits(entries, end - 5);
  const second = twoDigits(entries, end - 3);
  if (!(hour < 24 && minute < 60 && second < 60) || entries[end - 1] !== 0x5a)
    return `its time ${entries.toString('latin1', start + 2, end)} is not UTC with whole seconds`;
  return times.get(day);
}

function dayProblem(time: Buffer): string | undefined {
  const contents = Buffer.concat([time.subarray(2, -7), Buffer.from('000000Z')]);
  const at = readTime(time[0] ?? 0, contents);
  return typeof at === 'string' ? `its time ${at}` : undefined;
}

/** NaN where they are not digits. */
function twoDigits(entries: Buffer, at: number): number {
  const [tens, ones] = [(entries[at] ?? 0) - 0x30, (entries[at + 1] ?? 0) - 0x30];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function reasonProblem(entries: Buffer, from: number, end: number): string | undefined {
  if (from === end) return undefined;
  const form =
    end - from === REASON.length + 1 && entries.compare(REASON, 0, REASON.length, from, end - 1) === 0;
  if (!form) return 'its extensions are not exactly one reason';
  const number = entries[end - 1] ?? 0;
  return REASON_NUMBERS.has(number) ? undefined : `its reason ${number} is not one of ours`;
}

/** What a well-formed entry says, in the words of the ledger. */
function sampleProblem(entries: Buffer, at: number, sample: RevokedEntry): string | undefined {
  const serial = entries.toString('hex', at + 4, at + TIME_AT);
  const afterTime = at + TIME_AT + 2 + (entries[at + TIME_AT + 1] ?? 0);
  const end = at + 2 + (entries[at + 1] ?? 0);
  const revokedAt = readTime(entries[at + TIME_AT] ?? 0, entries.subarray(at + TIME_AT + 2, afterTime));
  const reason = afterTime === end ? 0 : entries[end - 1];
  const same =
    serial === sample.serialNumber &&
    revokedAt === sample.revokedAt &&
    reason === REVOCATION_REASONS[sample.reason];
  return same ? undefined : `it says ${serial}, ${revokedAt}, reason ${reason}, which is not recorded`;
}
