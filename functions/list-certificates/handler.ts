import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { api } from '../../shared/http/api.ts';
import type { CertificateListing } from '../../shared/issuance/ports.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { listCertificatesQuery } from './request.ts';
import { renderCertificates } from './response.ts';

/** `GET /v1/certificates`: pages the certificates by expiry, or those of a name. */
export function listCertificatesHandler(deps: {
  readonly certificates: Pick<CertificateListing, 'listCertificates'>;
  readonly clock: Clock;
}) {
  return api(
    { name: 'list-certificates', access: 'iam', query: listCertificatesQuery },
    async ({ query }) => {
      const now = deps.clock();
      const page = await deps.certificates.listCertificates(withoutUndefined({ ...query, now }));
      return { status: 200, json: renderCertificates(page, now) };
    },
  );
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = listCertificatesHandler({
  certificates: dynamoCertificateListing({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
});
