import type { RenewalRecords } from '../rotation/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey } from './keys.ts';
import { readItem } from './read-items.ts';

/** Certificate records in DynamoDB, to say when they should be renewed. */
export function dynamoRenewalRecords(options: StoreOptions): RenewalRecords {
  const context = storeContext(options);
  return {
    certificate: async (serialNumber) => {
      const item = await readItem(context, certificateKey(serialNumber));
      return item && certificateRecord(item);
    },
  };
}
