import { readEnvironment } from '../../shared/config/environment.ts';
import { kitRepresentations, representKit } from '../../shared/delivery/represent-kit.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { negotiate } from '../../shared/http/accept.ts';
import { api } from '../../shared/http/api.ts';
import { certificatePath } from '../../shared/http/contract/certificate-path.ts';
import { type ReadForKitDependencies, readRecordedForKit } from '../../shared/issuance/read-for-kit.ts';
import { dynamoCertificateLookup } from '../../shared/store/certificate-lookup.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
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
  return api({ name: 'get-certificate-kit', ...route }, async ({ path, query, header }) => {
    const { deployment: sender, format } = query;
    const found = await readRecordedForKit(deps, path.serial, sender);
    const kit = renderCertificateKit(found, sender, deps.revocationUrl);
    const offered = kitRepresentations(format, kit.deployment);
    return { status: 200, ...representKit(negotiate(header('accept'), offered), kit) };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'REVOCATION_URL']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = getCertificateKitHandler({
  certificates: dynamoCertificateLookup(options),
  authority: unfencedAuthorityReader(options),
  clock: systemClock,
  revocationUrl: environment.REVOCATION_URL,
});
