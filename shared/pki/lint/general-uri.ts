import { type BaseBlock, Primitive } from 'asn1js';

/** Class number of context-specific tags. */
const CONTEXT = 3;

/** The one item; with `tag`, it must have that context-specific tag. @throws TypeError for none, several, or another. */
export function only(items: readonly BaseBlock[], tag?: number): BaseBlock {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new TypeError(`${items.length} items instead of one`);
  if (tag !== undefined && !isContext(item, tag)) throw new TypeError(`the item is not [${tag}]`);
  return item;
}

/** A GeneralName that is a URI (RFC 5280 section 4.2.1.6, `[6] IA5String`). @throws TypeError for any other. */
export function uriOf(item: BaseBlock | undefined): string {
  if (!(item instanceof Primitive) || !isContext(item, 6)) throw new TypeError('a name that is not a URI');
  return Buffer.from(item.valueBlock.valueHexView).toString('latin1');
}

function isContext(item: BaseBlock, tag: number): boolean {
  return item.idBlock.tagClass === CONTEXT && item.idBlock.tagNumber === tag;
}
