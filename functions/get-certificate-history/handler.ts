import { type FindArchivedDependencies, findArchived } from '../../shared/archive/find-archived.ts';
import { readEnvironment } from '../../shared/config/environment.ts';
import { api } from '../../shared/http/api.ts';
import { certificatePath, noSuchCertificate } from '../../shared/http/contract/certificate-path.ts';
import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import type { RevocationLedger } from '../../shared/revocation/ports.ts';
import { readHistory } from '../../shared/revocation/read-history.ts';
import { dynamoArchivedCertificates } from '../../shared/store/archive-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { renderHistory } from './response.ts';

/** `GET /v1/certificates/{serial}/history`: what happened to a certificate, and who did it. */
export function getCertificateHistoryHandler(
  deps: FindArchivedDependencies & {
    readonly ledger: Pick<RevocationLedger, 'certificate' | 'history'>;
  },
) {
  return api({ name: 'get-certificate-history', access: 'iam', path: certificatePath }, async ({ path }) => {
    const history = (await readHistory(deps, path.serial)) ?? (await findArchived(deps, path.serial));
    if (history === undefined) throw noSuchCertificate();
    return { status: 200, json: renderHistory(history) };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'ARCHIVE_BUCKET_NAME']);
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = getCertificateHistoryHandler({
  ledger: dynamoRevocationLedger(table),
  archived: dynamoArchivedCertificates(table),
  archive: s3ObjectStore({ client: s3Client(), bucketName: environment.ARCHIVE_BUCKET_NAME }),
});
