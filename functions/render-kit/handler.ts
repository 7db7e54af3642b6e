import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import type { AuthorityStore, CertificateListing } from '../../shared/issuance/ports.ts';
import { readForKit } from '../../shared/issuance/read-for-kit.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { renderKitBody } from './request.ts';
import { renderKitAnswer } from './response.ts';

/** `POST /v1/kits`: the kit of a certificate that is recorded, or of one that is still to come; issues nothing. */
export function renderKitHandler(deps: {
  readonly certificates: Pick<CertificateListing, 'certificate'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly clock: Clock;
  /** PEM certificates; may be empty. */
  readonly additionalRoots: string;
}) {
  return api({ name: 'render-kit', access: 'iam', body: renderKitBody }, async ({ body }) => {
    const { deployment, ...subject } = body;
    const found = await readForKit(deps, subject);
    return { status: 200, json: renderKitAnswer(found, subject, deployment) };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'ADDITIONAL_ROOTS']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = renderKitHandler({
  certificates: dynamoCertificateListing(options),
  authority: dynamoAuthorityStore(options),
  clock: systemClock,
  additionalRoots: environment.ADDITIONAL_ROOTS,
});
