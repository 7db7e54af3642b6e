import type { CertificateRecords } from '../rotation/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey } from './keys.ts';
import { readItems } from './read-items.ts';

/** The records of certificates in DynamoDB, for functions that only read them. */
export function dynamoCertificateRecords(options: StoreOptions): CertificateRecords {
  const context = storeContext(options);
  return {
    certificates: async (serialNumbers) => {
      const keys = serialNumbers.map(certificateKey);
      const find = await readItems(context, keys);
      return keys.flatMap((key) => {
        const item = find(key);
        return item === undefined ? [] : [certificateRecord(item)];
      });
    },
  };
}
