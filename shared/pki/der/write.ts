import { type Instant, toDate } from '../../domain/instant.ts';

/*
 * Writes DER (ITU-T X.690 section 10). Certificates are built with this writer, read back by asn1js in the lint and by
 * OpenSSL in node:crypto: three programs that share no code.
 */

/** A complete DER element: tag, length, contents. */
export type Der = Uint8Array;

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

/** Identifier octet and length of an element whose contents are written elsewhere. */
export function header(tag: number, length: number): Uint8Array {
  return Uint8Array.from([tag, ...lengthOctets(length)]);
}

/** An element of the identifier octet `tag` (tag numbers up to 30) around the contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Der {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([header(tag, length), ...contents]);
}

export function sequence(...items: readonly Der[]): Der {
  return element(0x30, ...items);
}

/** A SET OF one item: more would have to be sorted (X.690 section 11.6), and no name or attribute here has more. */
export function setOfOne(item: Der): Der {
  return element(0x31, item);
}

/** A non-negative INTEGER from its octets, most significant first; surplus zeros are dropped. */
export function unsignedInteger(octets: Uint8Array): Der {
  const first = octets.findIndex((octet) => octet !== 0);
  const minimal = first < 0 ? Uint8Array.of(0) : octets.subarray(first);
  return (minimal[0] ?? 0) >= 0x80 ? element(0x02, Uint8Array.of(0), minimal) : element(0x02, minimal);
}

/** BOOLEAN TRUE. FALSE is never written: everywhere here it is a DEFAULT (X.690 section 11.5). */
export const TRUE: Der = element(0x01, Uint8Array.of(0xff));

export const NULL: Der = element(0x05);

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const octets = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift(0x80 | (rest % 128));
  }
  return octets;
}

export function octetString(octets: Uint8Array): Der {
  return element(0x04, octets);
}

/** A BIT STRING of whole octets: keys and signatures. */
export function bitString(octets: Uint8Array): Der {
  return element(0x03, Uint8Array.of(0), octets);
}

/** A BIT STRING of named bits, bit 0 first, without trailing zeros (X.690 section 11.2.2). */
export function namedBits(bits: readonly number[]): Der {
  if (bits.length === 0) return element(0x03, Uint8Array.of(0));
  const highest = Math.max(...bits);
  const octets = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return element(0x03, Uint8Array.of(7 - (highest & 7)), octets);
}

export function utf8String(text: string): Der {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

export function printableString(text: string): Der {
  return element(0x13, Buffer.from(text, 'latin1'));
}

/** `[number] IMPLICIT` around primitive contents. */
export function contextPrimitive(number: number, contents: Uint8Array): Der {
  return element(0x80 | number, contents);
}

/** `[number] EXPLICIT`, or IMPLICIT around a constructed type. */
export function contextConstructed(number: number, ...items: readonly Der[]): Der {
  return element(0xa0 | number, ...items);
}

/**
 * Time of a certificate: UTCTime through the year 2049, GeneralizedTime from 2050, in UTC with whole seconds
 * (RFC 5280 section 4.1.2.5).
 * @throws RangeError for years outside 1950 to 9999, which certificates can't express.
 */
export function time(at: Instant): Der {
  const iso = toDate(at).toISOString();
  const year = toDate(at).getUTCFullYear();
  if (year < 1950 || year > 9999) throw new RangeError(`no year for a certificate: ${year}`);
  const digits = iso.replace(/[-:T]/g, '').replace(/\.\d+Z$/, 'Z');
  return year < 2050
    ? element(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : element(0x18, Buffer.from(digits, 'latin1'));
}
