import type { BaseBlock } from 'asn1js';

/** The items of a SEQUENCE, SET or constructed context tag. @throws TypeError for anything else, or nothing. */
export function childrenOf(item: BaseBlock | undefined): readonly BaseBlock[] {
  const value: unknown = item?.valueBlock && 'value' in item.valueBlock ? item.valueBlock.value : undefined;
  if (!Array.isArray(value)) throw new TypeError('a constructed element is missing');
  return value;
}
