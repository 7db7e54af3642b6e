import { type FindArchivedDependencies, findArchived } from '../../shared/archive/find-archived.ts';
import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { certificatePath, noSuchCertificate } from '../../shared/http/contract/certificate-path.ts';
import type { CertificateListing } from '../../shared/issuance/ports.ts';
import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import { dynamoArchivedCertificates } from '../../shared/store/archive-ledger.ts';
import { dynamoCertificateLookup } from '../../shared/store/certificate-lookup.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { renderRecord } from './response.ts';

/** `GET /v1/certificates/{serial}`: the record of one certificate, also of one that is archived. */
export function getCertificateHandler(
  deps: FindArchivedDependencies & {
    readonly certificates: Pick<CertificateListing, 'certificate'>;
    readonly clock: Clock;
  },
) {
  return api({ name: 'get-certificate', access: 'iam', path: certificatePath }, async ({ path }) => {
    const record =
      (await deps.certificates.certificate(path.serial)) ?? (await findArchived(deps, path.serial))?.record;
    if (record === undefined) throw noSuchCertificate();
    return { status: 200, json: renderRecord(record, deps.clock()) };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'ARCHIVE_BUCKET_NAME']);
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = getCertificateHandler({
  certificates: dynamoCertificateLookup(table),
  archived: dynamoArchivedCertificates(table),
  archive: s3ObjectStore({ client: s3Client(), bucketName: environment.ARCHIVE_BUCKET_NAME }),
  clock: systemClock,
});
