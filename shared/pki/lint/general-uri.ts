import { contentsOf, type DerElement, readChildren } from '../der/read.ts';

/** Identifier octet of a GeneralName that is a URI (RFC 5280 section 4.2.1.6, `[6] IA5String`). */
const URI = 0x86;

/** The one element inside of another; with `tag`, it must have that. @throws TypeError for none, several, or another. */
export function onlyChild(element: DerElement, tag?: number): DerElement {
  const children = readChildren(element);
  const [child] = children;
  if (child === undefined || children.length !== 1)
    throw new TypeError(`${children.length} items instead of one`);
  if (tag !== undefined && child.tag !== tag)
    throw new TypeError(`the item has tag ${child.tag.toString(16)}`);
  return child;
}

/** @throws TypeError for any other GeneralName. */
export function uriOf(element: DerElement | undefined): string {
  if (element?.tag !== URI) throw new TypeError('a name that is not a URI');
  return Buffer.from(contentsOf(element)).toString('latin1');
}
