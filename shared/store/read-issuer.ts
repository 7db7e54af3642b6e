import type { Issuer } from '../domain/authority.ts';
import { issuer } from './authority-item.ts';
import type { StoreContext } from './context.ts';
import { issuerKey } from './keys.ts';
import { readItems } from './read-items.ts';

/** Consistent. By BatchGetItem, since the functions that issue have no other read of the authority. */
export async function readIssuer(context: StoreContext, id: string): Promise<Issuer | undefined> {
  const key = issuerKey(id);
  const item = (await readItems(context, [key]))(key);
  return item && issuer(item);
}
