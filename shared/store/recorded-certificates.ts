import type { SerialNumber } from '../domain/serial-number.ts';
import type { RecordedCertificates } from '../rotation/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey, ledgerKey } from './keys.ts';
import { noteFence } from './ledger-state.ts';
import { readItem, readItems } from './read-items.ts';

/** Read at a time: ten requests. */
const AT_ONCE = 1000;

/** Which certificates are recorded in DynamoDB; their keys are all that is read of them. */
export function dynamoRecordedCertificates(options: StoreOptions): RecordedCertificates {
  const context = storeContext(options);
  return {
    recordedAmong: async (serialNumbers) => {
      const fence = await noteFence(context, await readItem(context, ledgerKey));
      if (fence !== undefined) return undefined;
      const recorded = new Set<SerialNumber>();
      for (let i = 0; i < serialNumbers.length; i += AT_ONCE) {
        const some = serialNumbers.slice(i, i + AT_ONCE);
        const find = await readItems(context, some.map(certificateKey), []);
        for (const one of some) if (find(certificateKey(one)) !== undefined) recorded.add(one);
      }
      return recorded;
    },
  };
}
