/*
 * Decides whether octets are DER: BER with every choice taken away (ITU-T X.690 sections 10 and 11). Where this holds,
 * there is one encoding only, so reading and writing again gives the same bytes. It looks at forms, not at meaning:
 * contents of context-specific primitives and of OCTET STRINGs are opaque and checked where they are understood.
 */

/** Certificates and requests nest no deeper; a certificate's extensions reach 6. */
const MAX_DEPTH = 12;

class NotDer extends Error {}

function refuse(offset: number, what: string): never {
  throw new NotDer(`${what} (at byte ${offset})`);
}

/** The first violation in words, or undefined where `bytes` are exactly one DER element. @param maxDepth of nesting. */
export function checkStrictDer(bytes: Uint8Array, maxDepth = MAX_DEPTH): string | undefined {
  try {
    const end = checkElement(bytes, 0, bytes.length, maxDepth);
    return end === bytes.length ? undefined : `${bytes.length - end} bytes follow the end of the structure`;
  } catch (error) {
    if (error instanceof NotDer) return error.message;
    throw error;
  }
}

/** @param levels of nesting that are left. */
function checkElement(bytes: Uint8Array, start: number, limit: number, levels: number): number {
  if (levels < 0) refuse(start, 'the nesting is too deep');
  const tag = bytes[start];
  if (tag === undefined || start >= limit) refuse(start, 'an element is cut off');
  if ((tag & 0x1f) === 0x1f) refuse(start, 'a tag number above 30 is used');
  const { from, to } = readLength(bytes, start + 1, limit);
  const constructed = (tag & 0x20) !== 0;
  if (tag < 0x40) checkUniversal(bytes.subarray(from, to), tag, start);
  if (constructed) checkChildren(bytes, from, to, levels, tag);
  return to;
}

function readLength(bytes: Uint8Array, at: number, limit: number): { from: number; to: number } {
  const first = at < limit ? bytes[at] : undefined;
  if (first === undefined) refuse(at, 'a length is cut off');
  if (first === 0x80) refuse(at, 'an indefinite length is used');
  let length = first;
  let from = at + 1;
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 3) refuse(at, 'a length is too long');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from++] ?? 0);
    const shortest = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    if (count !== shortest) refuse(at, 'a length is not in its shortest form');
  }
  if (from + length > limit) refuse(at, 'a length reaches beyond the end');
  return { from, to: from + length };
}

function checkChildren(bytes: Uint8Array, from: number, to: number, levels: number, tag: number): void {
  let previous: Uint8Array | undefined;
  for (let at = from; at < to; ) {
    const end = checkElement(bytes, at, to, levels - 1);
    const child = bytes.subarray(at, end);
    if (tag === 0x31 && previous && Buffer.compare(previous, child) > 0) refuse(at, 'a SET is out of order');
    previous = child;
    at = end;
  }
}

/** Universal types that DER has in constructed form; all others are primitive (X.690 sections 8 and 10.2). */
const CONSTRUCTED = new Set([0x30, 0x31]);

const CHARACTERS: ReadonlyMap<number, { readonly name: string; readonly pattern: RegExp }> = new Map([
  [0x13, { name: 'PrintableString', pattern: /^[A-Za-z0-9 '()+,\-./:=?]*$/ }],
  [0x16, { name: 'IA5String', pattern: /^\p{ASCII}*$/u }],
  [0x17, { name: 'UTCTime', pattern: /^\d{12}Z$/ }],
  [0x18, { name: 'GeneralizedTime', pattern: /^\d{14}(\.\d*[1-9])?Z$/ }],
]);

function checkUniversal(contents: Uint8Array, tag: number, at: number): void {
  if (tag === 0) refuse(at, 'an end-of-contents mark is used');
  if (CONSTRUCTED.has(tag)) return;
  if ((tag & 0x20) !== 0) refuse(at, 'a string is split into parts');
  if (CONSTRUCTED.has(tag | 0x20)) refuse(at, 'a SEQUENCE or SET is not marked as constructed');
  const problem = PRIMITIVES.get(tag)?.(contents);
  if (problem) refuse(at, problem);
  const characters = CHARACTERS.get(tag);
  if (characters && !characters.pattern.test(Buffer.from(contents).toString('latin1'))) {
    refuse(at, `${characters.name} has characters that it must not have`);
  }
}

const PRIMITIVES: ReadonlyMap<number, (contents: Uint8Array) => string | undefined> = new Map([
  [0x01, checkBoolean],
  [0x02, checkInteger],
  [0x03, checkBitString],
  [0x05, (contents) => (contents.length === 0 ? undefined : 'a NULL has contents')],
  [0x06, checkObjectIdentifier],
  [0x0a, checkInteger],
  [0x0c, checkUtf8],
]);

function checkBoolean(contents: Uint8Array): string | undefined {
  const value = contents[0];
  return contents.length === 1 && (value === 0 || value === 0xff) ? undefined : 'a BOOLEAN is not 00 or FF';
}

function checkInteger(contents: Uint8Array): string | undefined {
  const [first, second] = contents;
  if (first === undefined) return 'an INTEGER is empty';
  if (second === undefined) return undefined;
  const surplus = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
  return surplus ? 'an INTEGER is not in its shortest form' : undefined;
}

function checkBitString(contents: Uint8Array): string | undefined {
  const unused = contents[0];
  const last = contents.at(-1) ?? 0;
  if (unused === undefined || unused > 7) return 'a BIT STRING has a wrong count of unused bits';
  if (contents.length === 1) return unused === 0 ? undefined : 'an empty BIT STRING has unused bits';
  return (last & ((1 << unused) - 1)) === 0 ? undefined : 'unused bits of a BIT STRING are not zero';
}

function checkObjectIdentifier(contents: Uint8Array): string | undefined {
  if (contents.length === 0 || (contents.at(-1) ?? 0) >= 0x80) return 'an OBJECT IDENTIFIER is cut off';
  const padded = contents.some((octet, i) => octet === 0x80 && (i === 0 || (contents[i - 1] ?? 0) < 0x80));
  return padded ? 'an OBJECT IDENTIFIER is not in its shortest form' : undefined;
}

function checkUtf8(contents: Uint8Array): string | undefined {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(contents);
    return undefined;
  } catch {
    return 'a UTF8String is not UTF-8';
  }
}
