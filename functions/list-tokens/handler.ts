import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { api } from '../../shared/http/api.ts';
import type { TokenStore } from '../../shared/issuance/ports.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { listTokensQuery } from './request.ts';
import { renderTokens } from './response.ts';

/** `GET /v1/tokens`: pages the bootstrap tokens, newest first. */
export function listTokensHandler(deps: {
  readonly tokens: Pick<TokenStore, 'listTokens'>;
  readonly clock: Clock;
}) {
  return api({ name: 'list-tokens', access: 'iam', query: listTokensQuery }, async ({ query }) => {
    const now = deps.clock();
    const page = await deps.tokens.listTokens(withoutUndefined({ ...query, now }));
    return { status: 200, json: renderTokens(page, now) };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = listTokensHandler({
  tokens: dynamoTokenStore({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
});
