import { readEnvironment } from '../../shared/config/environment.ts';
import { api } from '../../shared/http/api.ts';
import { renderIssuer } from '../../shared/http/contract/issuer.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { type ListIssuersDependencies, listIssuers } from '../../shared/rotation/list-issuers.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';

/** `GET /v1/issuers`: every issuer with its state, and the free slots. */
export function listIssuersHandler(deps: ListIssuersDependencies) {
  return api({ name: 'list-issuers', access: 'iam' }, async () => {
    const { issuers, freeSlots } = await listIssuers(deps);
    const items = issuers.map((issuer) => renderIssuer(issuer, toPem));
    return { status: 200, json: { items, cursor: null, freeSlots: freeSlots.map(({ id }) => id) } };
  });
}

const environment = readEnvironment(['TABLE_NAME']);
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = listIssuersHandler({
  slots: dynamoSlotStore(table),
  authority: unfencedAuthorityReader(table),
});
