/**
 * A small reader of DER (X.690): enough for the distribution points of a certificate, revocation lists, OCSP responses and
 * the form of an encrypted key. It refuses what is not whole; what it reads is verified by signature before it counts.
 */
export interface Der {
  /** The identifier octet. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** With identifier and length. */
  readonly whole: Uint8Array;
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/** A context-specific tag, constructed. */
export const context = (number: number) => 0xa0 + number;

/** @throws Error where the octets are not one element. */
export function readDer(octets: Uint8Array): Der {
  const element = elementAt(octets, 0);
  if (element.whole.length !== octets.length) throw new Error('octets behind the end of the DER');
  return element;
}

/** The elements in a constructed one. @throws Error where its content is not elements. */
export function children({ content }: Der): readonly Der[] {
  const found: Der[] = [];
  for (let at = 0; at < content.length; ) {
    const element = elementAt(content, at);
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

/** The child at a place, which must have the tag. @throws Error where it is another. */
export function child(parent: Der, index: number, tag?: number): Der {
  const found = children(parent)[index];
  if (found === undefined || (tag !== undefined && found.tag !== tag))
    throw new Error(`element ${index} is not what it should be`);
  return found;
}

function elementAt(octets: Uint8Array, at: number): Der {
  const [tag, first] = [octets[at], octets[at + 1]];
  if (tag === undefined || first === undefined) throw new Error('the DER ends early');
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 4) throw new Error('a length that DER does not have');
  const length =
    count === 0
      ? first
      : octets.subarray(at + 2, at + 2 + count).reduce((sum, octet) => sum * 256 + octet, 0);
  const start = at + 2 + count;
  if (start + length > octets.length) throw new Error('the DER ends early');
  return { tag, content: octets.subarray(start, start + length), whole: octets.subarray(at, start + length) };
}

/** `1.2.840.113549.1.1.11`. */
export function oidOf({ content }: Der): string {
  const arcs: number[] = [];
  let value = 0;
  for (const octet of content) {
    value = value * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      if (arcs.length === 0)
        arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
      else arcs.push(value);
      value = 0;
    }
  }
  return arcs.join('.');
}

/** Hex of an INTEGER, without the zero octet of its sign. */
export function integerHex({ content }: Der): string {
  return Buffer.from(content)
    .toString('hex')
    .replace(/^00(?=.)/, '');
}

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime of RFC 5280. @throws Error for other forms. */
export function timeOf({ tag, content }: Der): number {
  const text = Buffer.from(content).toString('latin1');
  const digits = tag === TAG.utcTime ? `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}` : text;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (match === null) throw new Error(`not a time: ${text}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The octets of a BIT STRING of whole octets. */
export function bitsOf({ content }: Der): Uint8Array {
  return content.subarray(1);
}
