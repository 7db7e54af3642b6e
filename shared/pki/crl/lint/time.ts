import { fromDate, type Instant } from '../../../domain/instant.ts';

const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/**
 * The moment that a time of a list means, or in words what is wrong with it (RFC 5280 sections 5.1.2.4 and 4.1.2.5: UTC
 * with whole seconds, UTCTime through 2049, GeneralizedTime from 2050).
 */
export function readTime(tag: number, contents: Uint8Array): Instant | string {
  const text = Buffer.from(contents).toString('latin1');
  const digits = tag === UTC_TIME ? (text < '50' ? `20${text}` : `19${text}`) : text;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const calendar = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
  if (!calendar || (tag !== UTC_TIME && tag !== GENERALIZED_TIME))
    return `${text} is not UTC with whole seconds`;
  if (date.getUTCFullYear() < 2050 !== (tag === UTC_TIME)) return `${text} is in the wrong form for its year`;
  return fromDate(date);
}
