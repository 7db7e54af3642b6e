import type { Put } from '@aws-sdk/client-dynamodb';
import { type AlternativeName, alternativeNames, type ExclusiveName } from '../domain/exclusive-name.ts';
import type { IssuanceStore } from '../issuance/ports.ts';
import type { StoreContext } from './context.ts';
import { fromItem, type Item } from './expression.ts';
import { alternativeNameKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { versionedPut } from './versioned-put.ts';

/** The record of a DNS name or address; version 0 where there is no item. */
export function exclusiveName(alternativeName: AlternativeName, item: Item | undefined): ExclusiveName {
  if (item === undefined) return { alternativeName, version: 0, holders: [] };
  const { version, holders } = fromItem<ExclusiveName>(item);
  return { alternativeName, version, holders };
}

/** Writes who claimed a DNS name or address, if its version is still the one before. */
export function putExclusiveName(
  context: StoreContext,
  { alternativeName, version, holders }: ExclusiveName,
): Put {
  return versionedPut(context, alternativeNameKey(alternativeName), { version, holders });
}

/** One round trip; none without names. */
export async function readExclusiveNames(
  context: StoreContext,
  names: Parameters<IssuanceStore['exclusiveNames']>[0],
): Promise<readonly ExclusiveName[]> {
  const wanted = alternativeNames(names);
  const find = await readItems(context, wanted.map(alternativeNameKey));
  return wanted.map((name) => exclusiveName(name, find(alternativeNameKey(name))));
}
