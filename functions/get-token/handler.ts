import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { renderToken } from '../../shared/http/contract/token.ts';
import { noSuchToken, requireTokenId, tokenPath } from '../../shared/http/contract/token-id.ts';
import type { TokenStore } from '../../shared/issuance/ports.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';

/** `GET /v1/tokens/{id}`: one bootstrap token, without its secret. */
export function getTokenHandler(deps: { readonly tokens: Pick<TokenStore, 'token'>; readonly clock: Clock }) {
  return api({ name: 'get-token', access: 'iam', path: tokenPath }, async ({ path }) => {
    const found = await deps.tokens.token(requireTokenId(path.id));
    if (found === undefined) throw noSuchToken();
    return { status: 200, json: renderToken(found.token, found.uses, deps.clock()) };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = getTokenHandler({
  tokens: dynamoTokenStore({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
});
