/**
 * A point in time: whole seconds since 1970-01-01T00:00:00Z. Certificates know no fractions (RFC 5280 section
 * 4.1.2.5), so fractions do not exist here.
 */
export type Instant = number & { readonly __brand: 'Instant' };

/** Tells the time. Always an argument, so that tests and the local cloud can move it. */
export type Clock = () => Instant;

/** @throws RangeError unless `seconds` is a whole number. */
export function instant(seconds: number): Instant {
  if (!Number.isSafeInteger(seconds)) throw new RangeError(`not whole seconds: ${seconds}`);
  return seconds as Instant;
}

/** The second that `date` lies in. */
export function fromDate(date: Date): Instant {
  return instant(Math.floor(date.getTime() / 1000));
}

export function toDate(at: Instant): Date {
  return new Date(at * 1000);
}

export function plus(at: Instant, seconds: number): Instant {
  return instant(at + seconds);
}

/**
 * Whether what ends with `end` is over at `now`. Every end here is the last second of its period, as RFC 5280 section
 * 4.1.2.5 has it for `notAfter`: a token's `expiresAt`, a reservation's `followUntil` and a lease's `until` too. Nothing
 * else compares with an end, so that no two readers differ by a second; DynamoDB's conditions say the same
 * (`shared/store/expression.ts`).
 */
export function isOver(end: Instant, now: Instant): boolean {
  return now > end;
}

/** RFC 3339 in UTC with whole seconds: `2026-11-23T05:45:55Z`. */
export function toRfc3339(at: Instant): string {
  return toDate(at).toISOString().replace('.000Z', 'Z');
}

/** What {@link parseRfc3339} takes, but for days that their month does not have. */
export const RFC_3339_FORM =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$/;

/**
 * Reads RFC 3339 with any offset; fractions are cut. Undefined where it is not RFC 3339, and for leap seconds and days
 * that their month does not have (`Date` would take 30 February for 2 March).
 */
export function parseRfc3339(text: string): Instant | undefined {
  const day = RFC_3339_FORM.exec(text)?.[1];
  if (day === undefined || !isDayOfCalendar(day)) return undefined;
  const date = new Date(text.toUpperCase());
  return Number.isNaN(date.getTime()) ? undefined : fromDate(date);
}

function isDayOfCalendar(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** The system's clock. */
export const systemClock: Clock = () => fromDate(new Date());
