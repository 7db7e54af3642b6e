import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { noSuchToken, requireTokenId, tokenPath } from '../../shared/http/contract/token-id.ts';
import type { TokenStore } from '../../shared/issuance/ports.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';

/** `DELETE /v1/tokens/{id}`: closes a bootstrap token for good; the same again changes nothing. */
export function revokeTokenHandler(deps: {
  readonly tokens: Pick<TokenStore, 'revokeToken'>;
  readonly clock: Clock;
}) {
  return api({ name: 'revoke-token', access: 'iam', path: tokenPath }, async ({ path }) => {
    const isKnown = await deps.tokens.revokeToken(requireTokenId(path.id), deps.clock());
    if (!isKnown) throw noSuchToken();
    return { status: 204 };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = revokeTokenHandler({
  tokens: dynamoTokenStore({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
});
