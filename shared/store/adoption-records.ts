import type { AdoptionRecords, HostTrust } from '../rotation/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { fromItem } from './expression.ts';
import { certificateKey } from './keys.ts';
import { readItems } from './read-items.ts';

/** What certificate records say of the trust of their hosts, in DynamoDB. */
export function dynamoAdoptionRecords(options: StoreOptions): AdoptionRecords {
  const context = storeContext(options);
  return {
    trustOf: async (serialNumbers) => {
      const keys = serialNumbers.map(certificateKey);
      const find = await readItems(context, keys, ['profile', 'predecessor', 'trustSha256']);
      return keys.flatMap((key) => {
        const item = find(key);
        return item === undefined ? [] : [fromItem<HostTrust>(item)];
      });
    },
    countConfirmed: async (serialNumbers) => {
      const keys = serialNumbers.map(certificateKey);
      const find = await readItems(context, keys, ['successorConfirmedAt']);
      return keys.filter((key) => find(key)?.['successorConfirmedAt'] !== undefined).length;
    },
  };
}
