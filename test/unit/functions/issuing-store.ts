import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import { fakeStore } from '../../fakes/store.ts';
import { sampleIssuer, sampleRoot } from '../../support/records.ts';

/** A store with the authority whose issuer signed `record`, and the record. Certificates are one octet: 3 the root's, 2 the issuer's. */
export async function issuingStore(record: CertificateRecord) {
  const store = fakeStore();
  await store.reserveRoot(sampleRoot());
  await store.commitRoot('root-1', Uint8Array.of(3));
  await store.reserveIssuer(sampleIssuer());
  await store.commitIssuer('issuer-1', Uint8Array.of(2));
  store.tables.records.set(record.serialNumber, record);
  return store;
}
