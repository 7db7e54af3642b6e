import { readEnvironment } from '../../shared/config/environment.ts';
import { api } from '../../shared/http/api.ts';
import type { AuthorityStore, CeremonyLog } from '../../shared/issuance/ports.ts';
import { dynamoCeremonyLog } from '../../shared/store/ceremony-log.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { renderRoots } from './response.ts';

/** A year of a root with the default settings, about. */
const SHOWN = 100;

/** `GET /v1/roots`: the roots of the authority, and those of other CAs in the trust bundle. */
export function listRootsHandler(deps: {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly ceremonies: Pick<CeremonyLog, 'lastCeremonies'>;
}) {
  return api({ name: 'list-roots', access: 'iam' }, async () => ({
    status: 200,
    json: renderRoots(await deps.authority.readAuthority(), await deps.ceremonies.lastCeremonies(SHOWN)),
  }));
}

const environment = readEnvironment(['TABLE_NAME']);

const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = listRootsHandler({
  authority: unfencedAuthorityReader(table),
  ceremonies: dynamoCeremonyLog(table),
});
