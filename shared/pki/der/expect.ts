import { contentsOf as contents, type DerElement, ofTag, readChildren, readWhole } from './read.ts';

/*
 * Reads a structure of known shape: each function takes the element that is expected at a place, and throws where there
 * is another.
 */

/** Identifier octets of the universal types that are read here. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/** The identifier octet of `[number]` around constructed contents. */
export function contextTag(number: number): number {
  return 0xa0 | number;
}

/** The SEQUENCE that the octets are. @throws TypeError for anything else. */
export function readSequence(octets: Uint8Array): DerElement {
  return readWhole(octets, TAG.sequence);
}

/** The contents of an element of this tag. @throws TypeError for any other, or none. */
export function contentsOf(element: DerElement | undefined, tag: number): Uint8Array {
  return contents(ofTag(element, tag));
}

/** The elements inside of a constructed element of this tag. @throws TypeError for any other, or none. */
export function itemsOf(element: DerElement | undefined, tag: number): readonly DerElement[] {
  return readChildren(ofTag(element, tag));
}

/** The only element inside of a constructed element of this tag. @throws TypeError for any other, none, or more. */
export function itemOf(element: DerElement | undefined, tag: number): DerElement {
  const [first, ...more] = itemsOf(element, tag);
  if (first === undefined || more.length > 0) throw new TypeError('not one element');
  return first;
}
