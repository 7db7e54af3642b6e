import { type Instant, parseRfc3339 } from '../../domain/instant.ts';
import { contentsOf, type DerElement } from '../der/read.ts';

/** Identifier octets. */
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/** `YYMMDDhhmmssZ`, `YYYYMMDDhhmmssZ`. */
const FORMS: ReadonlyMap<number, RegExp> = new Map([
  [UTC_TIME, /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/],
  [GENERALIZED_TIME, /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/],
]);

/**
 * The value of the attribute signing-time (RFC 5652 section 11.3): UTCTime or GeneralizedTime, in GMT, with seconds and
 * without fractions. UTCTime has the years 1950 to 2049.
 *
 * @param value - undefined where the attribute is absent, or has not exactly one value
 * @throws TypeError for anything else.
 */
export function readSigningTime(value: DerElement | undefined): Instant | undefined {
  if (value === undefined) return undefined;
  const text = Buffer.from(contentsOf(value)).toString('latin1');
  const [, year = '', ...rest] = FORMS.get(value.tag)?.exec(text) ?? [];
  const [month, day, hour, minute, second] = rest;
  const century = year.length === 4 ? '' : Number(year) < 50 ? '20' : '19';
  const at = parseRfc3339(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (at === undefined) throw new TypeError('its signing time is not a time in UTC with seconds');
  return at;
}
