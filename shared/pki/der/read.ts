/*
 * Reads DER (ITU-T X.690 section 10) one element at a time, without copying. It shares no code with the writer, so that
 * it can judge what the writer made.
 */

/** An element of DER inside `bytes`. */
export interface DerElement {
  readonly bytes: Uint8Array;
  /** The identifier octet. */
  readonly tag: number;
  /** Offset of the identifier octet. */
  readonly start: number;
  /** Offset of the first octet of the contents. */
  readonly from: number;
  /** Offset behind the element. */
  readonly to: number;
}

/**
 * The element at `start`, which must end at or before `limit`.
 * @throws TypeError where it is cut off, its length is not in the shortest form, or its tag number is above 30.
 */
export function readElement(bytes: Uint8Array, start = 0, limit = bytes.length): DerElement {
  const [tag, first] = [octet(bytes, start, limit), octet(bytes, start + 1, limit)];
  if ((tag & 0x1f) === 0x1f) throw new TypeError(`a tag number above 30 (at byte ${start})`);
  const more = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || more > 4) throw new TypeError(`a length that DER does not have (at byte ${start})`);
  let length = more === 0 ? first : 0;
  for (let i = 0; i < more; i++) length = length * 256 + octet(bytes, start + 2 + i, limit);
  if (more > 0 && (length < 0x80 || length < 256 ** (more - 1)))
    throw new TypeError(`a length that is not in its shortest form (at byte ${start})`);
  const from = start + 2 + more;
  if (from + length > limit) throw new TypeError(`an element is cut off (at byte ${start})`);
  return { bytes, tag, start, from, to: from + length };
}

function octet(bytes: Uint8Array, at: number, limit: number): number {
  const found = at < limit ? bytes[at] : undefined;
  if (found === undefined) throw new TypeError(`an element is cut off (at byte ${at})`);
  return found;
}

/** The one element that `bytes` consist of. @throws TypeError where it is not of this tag, or more follows it. */
export function readWhole(bytes: Uint8Array, tag: number): DerElement {
  const element = ofTag(readElement(bytes), tag);
  if (element.to !== bytes.length) throw new TypeError(`${bytes.length - element.to} bytes follow the end`);
  return element;
}

/** The elements inside a constructed one, in order. @throws TypeError where they do not fill it exactly. */
export function readChildren({ bytes, tag, from, to }: DerElement): readonly DerElement[] {
  if ((tag & 0x20) === 0) throw new TypeError('a constructed element is missing');
  const children: DerElement[] = [];
  for (let at = from; at < to; at = children.at(-1)?.to ?? to) children.push(readElement(bytes, at, to));
  return children;
}

/** The element itself. @throws TypeError where there is none, or it is not of this tag. */
export function ofTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw new TypeError(`an element of tag ${tag} is missing`);
  return element;
}

/** Its identifier, length and contents. */
export function encodingOf({ bytes, start, to }: DerElement): Uint8Array {
  return bytes.subarray(start, to);
}

/** Its contents. */
export function contentsOf({ bytes, from, to }: DerElement): Uint8Array {
  return bytes.subarray(from, to);
}
