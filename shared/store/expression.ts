import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';

export type Item = Record<string, AttributeValue>;

/** ExpressionAttributeNames: `#state` for `state`. Every attribute is named so; many of ours are reserved words. */
export function names(...attributes: readonly string[]): Record<string, string> {
  return Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute]));
}

/** ExpressionAttributeValues: `:now` for `now`. */
export function values(plain: Readonly<Record<string, NativeAttributeValue>>): Item {
  return marshall(Object.fromEntries(Object.entries(plain).map(([name, value]) => [`:${name}`, value])));
}

/** The condition that `isOver` is, of an attribute that holds an end, at `:now`. */
export function over(attribute: string): string {
  return `#${attribute} < :now`;
}

/** The condition that {@link over} does not hold. */
export function notOver(attribute: string): string {
  return `#${attribute} >= :now`;
}

/** An item of plain values; what is undefined is left out. */
export function toItem(plain: object): Item {
  return marshall({ ...plain }, { removeUndefinedValues: true });
}

/** Reads an item that this folder wrote: `Shape` is what {@link toItem} was given. */
export function fromItem<Shape>(item: Item): Shape {
  return unmarshall(item) as Shape;
}
