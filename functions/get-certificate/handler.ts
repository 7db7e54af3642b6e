import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { certificatePath, noSuchCertificate } from '../../shared/http/contract/certificate-path.ts';
import type { CertificateListing } from '../../shared/issuance/ports.ts';
import { dynamoCertificateLookup } from '../../shared/store/certificate-lookup.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { renderRecord } from './response.ts';

/** `GET /v1/certificates/{serial}`: the record of one certificate. */
export function getCertificateHandler(deps: {
  readonly certificates: Pick<CertificateListing, 'certificate'>;
  readonly clock: Clock;
}) {
  return api({ name: 'get-certificate', access: 'iam', path: certificatePath }, async ({ path }) => {
    const record = await deps.certificates.certificate(path.serial);
    if (record === undefined) throw noSuchCertificate();
    return { status: 200, json: renderRecord(record, deps.clock()) };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = getCertificateHandler({
  certificates: dynamoCertificateLookup({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
});
