import type { CertificateListing } from '../issuance/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey, deploymentKey } from './keys.ts';
import { listByExpiry } from './list-certificates.ts';
import { listOfName } from './list-certificates-of-name.ts';
import { readItems } from './read-items.ts';
import { administratorDeployment } from './record-deployment.ts';

/** Listings and look-ups of certificate records in DynamoDB. */
export function dynamoCertificateListing(options: StoreOptions): CertificateListing {
  const context = storeContext(options);
  return {
    listCertificates: (query) =>
      query.name === undefined ? listByExpiry(context, query) : listOfName(context, query, query.name),
    certificate: async (serialNumber) => {
      const keys = { record: certificateKey(serialNumber), deployment: deploymentKey(serialNumber) };
      const find = await readItems(context, Object.values(keys));
      const [record, deployment] = [find(keys.record), find(keys.deployment)];
      if (record === undefined) return undefined;
      return {
        ...certificateRecord(record),
        administratorDeployment: deployment && administratorDeployment(deployment),
      };
    },
  };
}
