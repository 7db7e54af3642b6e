import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { Item } from './expression.ts';

/** A line of the archive: items as DynamoDB's own commands take them, octets in base64. */
interface Line {
  /** First, so that a line is found by how it begins. */
  readonly serialNumber: SerialNumber;
  readonly items: readonly unknown[];
}

/** The items of a certificate as a line. */
export function lineOf(serialNumber: SerialNumber, items: readonly Item[]): string {
  const line: Line = { serialNumber, items: items.map((item) => mapped(item, toBase64)) };
  return JSON.stringify(line);
}

/** The items that a line was made of. */
export function itemsOf(line: string): readonly Item[] {
  const { items } = JSON.parse(line) as { readonly items: readonly Item[] };
  return items.map((item) => mapped(item, fromBase64));
}

type OctetsAs = (octets: Uint8Array) => Uint8Array;

/** In JSON, octets are a text that stands where the SDK has octets. */
const toBase64: OctetsAs = (octets) => Buffer.from(octets).toString('base64') as unknown as Uint8Array;
const fromBase64: OctetsAs = (text) => Uint8Array.from(Buffer.from(text as unknown as string, 'base64'));

function mapped(item: Item, octetsAs: OctetsAs): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, convert(value, octetsAs)]));
}

function convert(value: AttributeValue, octetsAs: OctetsAs): AttributeValue {
  if (value.B !== undefined) return { B: octetsAs(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(octetsAs) };
  if (value.L !== undefined) return { L: value.L.map((one) => convert(one, octetsAs)) };
  return value.M === undefined ? value : { M: mapped(value.M, octetsAs) };
}
