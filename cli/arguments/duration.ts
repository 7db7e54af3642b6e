import { InvalidArgumentError } from '@commander-js/extra-typings';
import { formatDuration, parseDuration } from '../../shared/domain/duration.ts';

const UNITS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };

/**
 * Seconds of `14d`, `36h`, `90m`, `2w`, `45s`, or of an ISO 8601 duration such as `P14D`.
 * @throws InvalidArgumentError for anything else.
 */
export function durationSeconds(text: string): number {
  const [, digits, unit] = /^([0-9]{1,6})([wdhms])$/.exec(text) ?? [];
  const seconds = digits && unit ? Number(digits) * (UNITS[unit] ?? 0) : parseDuration(text.toUpperCase());
  if (seconds) return seconds;
  throw new InvalidArgumentError(
    'Use a number with w, d, h, m (minutes) or s, as in 14d or 36h, or ISO 8601, as in P14D.',
  );
}

/** The same as the API takes it: `P14D`. */
export function isoDuration(text: string): string {
  return formatDuration(durationSeconds(text));
}
