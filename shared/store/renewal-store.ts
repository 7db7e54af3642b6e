import type { RenewalStore } from '../rotation/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { commit, releaseLease, takeLease } from './complete.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { certificateKey } from './keys.ts';
import { readIssuer } from './read-issuer.ts';
import { readItem } from './read-items.ts';
import { recordHostDeployment } from './record-deployment.ts';
import { readForRenewal } from './renewal-view.ts';
import { reserveSuccessor } from './reserve-successor.ts';

/** The ledger of certificates in DynamoDB, to renew them in. Roots and issuers are read by id: the declared ones. */
export function dynamoRenewalStore(
  options: StoreOptions & { readonly rootIds: readonly string[]; readonly issuerIds: readonly string[] },
): RenewalStore {
  const context = storeContext(options);
  return {
    readForRenewal: (query) => readForRenewal(context, options, query),
    reserveSuccessor: (reservation) => reserveSuccessor(context, reservation),
    certificate: async (serialNumber) => {
      const item = await readItem(context, certificateKey(serialNumber));
      return item && certificateRecord(item);
    },
    issuer: (id) => readIssuer(context, id),
    takeLease: (serialNumber, lease, now) => takeLease(context, serialNumber, lease, now),
    commit: (serialNumber, issued) => commit(context, serialNumber, issued),
    releaseLease: (serialNumber, owner, attempts, now) =>
      releaseLease(context, serialNumber, owner, attempts, now),
    recordHostDeployment: (...deployment) => recordHostDeployment(context, ...deployment),
  };
}
