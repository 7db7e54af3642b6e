import type { AdoptionRecords } from '../rotation/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey } from './keys.ts';
import { readItems } from './read-items.ts';

/** What certificate records say of the trust of their hosts, in DynamoDB. */
export function dynamoAdoptionRecords(options: StoreOptions): AdoptionRecords {
  const context = storeContext(options);
  return {
    trustOf: async (serialNumbers) => {
      const keys = serialNumbers.map(certificateKey);
      const find = await readItems(context, keys, ['predecessor', 'trustSha256']);
      return keys.flatMap((key) => {
        const item = find(key);
        if (item === undefined) return [];
        const { predecessor, trustSha256 } = item;
        return [{ isRenewal: predecessor !== undefined, trustSha256: trustSha256?.S }];
      });
    },
  };
}
