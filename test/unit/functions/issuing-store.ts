import type { CertificateRecord, RecordWithDeployments } from '../../../shared/domain/certificate-record.ts';
import { type FakeStore, fakeStore } from '../../fakes/store.ts';
import { NOW, sampleIssuer, sampleRoot } from '../../support/records.ts';

/** A record, with what an administrator sent for it, if anything. */
export type Recorded = CertificateRecord & Partial<RecordWithDeployments>;

/** Each part where the store keeps it. */
export function putRecord({ tables }: FakeStore, { administratorDeployment, ...record }: Recorded): void {
  tables.records.set(record.serialNumber, record);
  if (administratorDeployment !== undefined)
    tables.deployments.set(record.serialNumber, administratorDeployment);
}

/** A store with the authority whose issuer signed `record`, and the record. Certificates are one octet: 3 the root's, 2 the issuer's. */
export async function issuingStore(record: Recorded) {
  const store = fakeStore();
  await store.reserveRoot(sampleRoot());
  await store.commitRoot('root-1', Uint8Array.of(3));
  await store.reserveIssuer(sampleIssuer());
  await store.commitIssuer('issuer-1', Uint8Array.of(2), { to: 'READY', at: NOW, by: 'fleetseal' });
  putRecord(store, record);
  return store;
}
