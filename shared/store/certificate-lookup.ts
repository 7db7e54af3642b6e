import type { CertificateListing } from '../issuance/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey, deploymentKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { administratorDeployment } from './record-deployment.ts';

/** Look-ups of certificate records in DynamoDB, for functions that list none: listings are 4 KB of a bundle. */
export function dynamoCertificateLookup(options: StoreOptions): Pick<CertificateListing, 'certificate'> {
  const context = storeContext(options);
  return {
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
