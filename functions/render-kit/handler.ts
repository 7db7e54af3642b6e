import { readEnvironment } from '../../shared/config/environment.ts';
import { kitRepresentations, representKit } from '../../shared/delivery/represent-kit.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { recordDeployment } from '../../shared/elastic/deployment/recording.ts';
import { negotiate } from '../../shared/http/accept.ts';
import { api } from '../../shared/http/api.ts';
import type { AuthorityStore, CertificateListing, DeploymentLedger } from '../../shared/issuance/ports.ts';
import { readForKit } from '../../shared/issuance/read-for-kit.ts';
import { recordAdministratorDeployment } from '../../shared/issuance/record-deployment.ts';
import { dynamoCertificateLookup } from '../../shared/store/certificate-lookup.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoDeploymentLedger } from '../../shared/store/record-deployment.ts';
import { renderKitBody } from './request.ts';
import { renderKitAnswer } from './response.ts';

/**
 * `POST /v1/kits`: the kit of a certificate that is recorded, or of one that is still to come; issues nothing. The
 * deployment of a recorded certificate is recorded with it, as the administrators'.
 */
export function renderKitHandler(deps: {
  readonly certificates: Pick<CertificateListing, 'certificate'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly deployments: DeploymentLedger;
  readonly clock: Clock;
  /** Base URL of the revocation data. */
  readonly revocationUrl: string;
}) {
  return api({ name: 'render-kit', access: 'iam', body: renderKitBody }, async ({ body, header }) => {
    const { deployment, format, ...asked } = body;
    const found = await readForKit(deps, asked);
    const kit = renderKitAnswer(found, asked, deployment, deps);
    const offered = kitRepresentations(format, kit.deployment);
    const represented = representKit(negotiate(header('accept'), offered), kit);
    if (found.certified !== undefined)
      await recordAdministratorDeployment(
        deps.deployments,
        found.certified.record,
        recordDeployment(deployment),
      );
    return { status: 200, ...represented };
  });
}

const environment = readEnvironment(['TABLE_NAME', 'REVOCATION_URL']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = renderKitHandler({
  certificates: dynamoCertificateLookup(options),
  authority: unfencedAuthorityReader(options),
  deployments: dynamoDeploymentLedger(options),
  clock: systemClock,
  revocationUrl: environment.REVOCATION_URL,
});
