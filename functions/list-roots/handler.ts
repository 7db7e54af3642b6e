import { readEnvironment } from '../../shared/config/environment.ts';
import { api } from '../../shared/http/api.ts';
import type { AuthorityStore } from '../../shared/issuance/ports.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { renderRoots } from './response.ts';

/** `GET /v1/roots`: the roots of the authority, and those of other CAs in the trust bundle. */
export function listRootsHandler(deps: { readonly authority: Pick<AuthorityStore, 'readAuthority'> }) {
  return api({ name: 'list-roots', access: 'iam' }, async () => ({
    status: 200,
    json: renderRoots(await deps.authority.readAuthority()),
  }));
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = listRootsHandler({
  authority: unfencedAuthorityReader({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
});
