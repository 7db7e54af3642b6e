import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { certificatePath } from '../../shared/http/contract/certificate-path.ts';
import { type ReadForKitDependencies, readRecordedForKit } from '../../shared/issuance/read-for-kit.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';
import { certificateKitQuery } from './request.ts';
import { renderCertificateKit } from './response.ts';

/** `GET /v1/certificates/{serial}/kit`: the kit of a certificate for a deployment that is recorded with it. */
export function getCertificateKitHandler(
  deps: ReadForKitDependencies & {
    /** Base URL of the revocation data. */
    readonly revocationUrl: string;
  },
) {
  const route = { access: 'iam', path: certificatePath, query: certificateKitQuery } as const;
  return api({ name: 'get-certificate-kit', ...route }, async ({ path, query }) => {
    const found = await readRecordedForKit(deps, path.serial, query.deployment);
    return { status: 200, json: renderCertificateKit(found, query.deployment, deps.revocationUrl) };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'REVOCATION_URL']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = getCertificateKitHandler({
  certificates: dynamoCertificateListing(options),
  authority: dynamoAuthorityReader(options),
  clock: systemClock,
  revocationUrl: environment.REVOCATION_URL,
});
