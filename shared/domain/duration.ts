/**
 * ISO 8601 durations of exact length: weeks, days, hours, minutes, seconds. Years and months are refused, since
 * their length depends on the calendar; a day is 24 hours.
 */

/** What {@link parseDuration} takes: either weeks, or days and time, at least one of them. */
export const DURATION_FORM =
  /^P(?=.)(?:([0-9]{1,4})W|(?:([0-9]{1,5})D)?(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?)$/;

/** Seconds, or undefined where `text` is not a duration of exact length. `PT24H` and `P1D` are both 86400. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_FORM.exec(text);
  if (match === null) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((n) => Number(n ?? 0));
  return ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds;
}

/** The shortest form with days as the largest unit: `P30D`, `PT24H` becomes `P1D`, `PT90S` becomes `PT1M30S`. */
export function formatDuration(total: number): string {
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  if (days === 0 && time === '') return 'PT0S';
  return `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}`;
}

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
