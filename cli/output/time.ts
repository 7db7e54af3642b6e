const UNITS = [
  { name: 'y', seconds: 365 * 86_400 },
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/**
 * How far a time is away, in the largest unit that fits twice: `in 19 y`, `in 29 d`, `in 47 h`, `now`, `5 min ago`.
 *
 * @param now milliseconds since 1970.
 */
export function distance(time: string, now: number): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  const amount = Math.abs(seconds);
  const unit = UNITS.find((each) => amount >= 2 * each.seconds) ?? UNITS[4];
  const text = `${Math.floor(amount / unit.seconds)} ${unit.name}`;
  if (amount === 0) return 'now';
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}

/** RFC 3339 with minutes, for a column: `2026-11-29 06:21Z`. */
export function shortTime(time: string): string {
  return time.replace(/^(\S{10})T(\d\d:\d\d).*$/, '$1 $2Z');
}

/** Exact, and how far away. */
export function timeWithDistance(time: string, now: number): string {
  return `${time} (${distance(time, now)})`;
}

/** RFC 3339 with whole seconds, as the API takes it. @param milliseconds since 1970. */
export function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * The same for a time so many seconds from now, rounded up: 3 d from now are not a little less.
 *
 * @param now milliseconds since 1970.
 */
export function timeIn(seconds: number, now: number): string {
  return rfc3339(Math.ceil(now / 1000) * 1000 + seconds * 1000);
}
