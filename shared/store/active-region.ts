import { hasTwoRegions } from '../config/two-regions.ts';
import { activeElsewhere } from '../domain/ledger.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { queryLedgerState } from './ledger-state.ts';

/**
 * The Region that writes and signs, where that is not this one: for what runs by itself, and rests in the passive Region.
 * Costs a read in a deployment in two Regions.
 *
 * @param twoRegions whether the deployment has two. @default - what the environment of the function says
 */
export async function activeRegionElsewhere(
  options: StoreOptions,
  twoRegions = hasTwoRegions(),
): Promise<string | undefined> {
  if (!twoRegions) return undefined;
  const context = storeContext(options);
  return activeElsewhere(await queryLedgerState(context), await context.client.config.region());
}
