import { readEnvironment } from '../../shared/config/environment.ts';
import { api } from '../../shared/http/api.ts';
import { cacheable } from '../../shared/http/etag.ts';
import type { AuthorityStore } from '../../shared/issuance/ports.ts';
import { servedBundle } from '../../shared/issuance/trust-bundle.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { renderTrust } from './response.ts';

/** How long caches may serve it: a new root is distributed days before it is used, so minutes do not matter. */
const MAX_AGE_SECONDS = 300;

/** `GET /v1/trust` (JSON) and `GET /v1/trust.pem` (only the bundle); both public. */
export function getTrustHandler(deps: { readonly authority: Pick<AuthorityStore, 'readAuthority'> }) {
  return api({ name: 'get-trust', access: 'public' }, async ({ route, header }) => {
    const authority = await deps.authority.readAuthority();
    const bundle = servedBundle(authority);
    const text = route.endsWith('.pem')
      ? { contentType: 'application/x-pem-file', content: bundle.pem }
      : { contentType: 'application/json', content: `${JSON.stringify(renderTrust(authority, bundle))}\n` };
    return cacheable(text, header('if-none-match'), MAX_AGE_SECONDS);
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = getTrustHandler({
  authority: unfencedAuthorityReader({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
});
