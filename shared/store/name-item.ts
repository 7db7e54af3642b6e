import type { Put } from '@aws-sdk/client-dynamodb';
import type { CommonName } from '../domain/common-name.ts';
import type { NameRecord } from '../domain/name-record.ts';
import type { StoreContext } from './context.ts';
import { fromItem, type Item } from './expression.ts';
import { nameKey } from './keys.ts';
import { versionedPut } from './versioned-put.ts';

/** The record of a name; version 0 where there is no item. */
export function nameRecord(name: CommonName, item: Item | undefined): NameRecord {
  if (item === undefined) return { name, version: 0, holders: [], blocked: [] };
  const { version, holders, blocked } = fromItem<NameRecord>(item);
  return { name, version, holders, blocked };
}

/**
 * Writes a name if its version is still the one before. The item has no attribute `name`: that would put it into the
 * index of certificates by name.
 */
export function putName(context: StoreContext, { name, version, holders, blocked }: NameRecord): Put {
  return versionedPut(context, nameKey(name), { version, holders, blocked });
}
