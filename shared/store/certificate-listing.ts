import type { CertificateListing } from '../issuance/ports.ts';
import { dynamoCertificateLookup } from './certificate-lookup.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { listByExpiry } from './list-certificates.ts';
import { listOfName } from './list-certificates-of-name.ts';

/** Listings and look-ups of certificate records in DynamoDB. */
export function dynamoCertificateListing(options: StoreOptions): CertificateListing {
  const context = storeContext(options);
  return {
    ...dynamoCertificateLookup(options),
    listCertificates: (query) =>
      query.name === undefined ? listByExpiry(context, query) : listOfName(context, query, query.name),
  };
}
