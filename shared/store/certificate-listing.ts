import type { CertificateListing } from '../issuance/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey } from './keys.ts';
import { listByExpiry } from './list-certificates.ts';
import { listOfName } from './list-certificates-of-name.ts';
import { readItem } from './read-items.ts';

/** Listings and look-ups of certificate records in DynamoDB. */
export function dynamoCertificateListing(options: StoreOptions): CertificateListing {
  const context = storeContext(options);
  return {
    listCertificates: (query) =>
      query.name === undefined ? listByExpiry(context, query) : listOfName(context, query, query.name),
    certificate: async (serialNumber) => {
      const item = await readItem(context, certificateKey(serialNumber));
      return item && certificateRecord(item);
    },
  };
}
