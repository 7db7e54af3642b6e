import { randomBytes } from 'node:crypto';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { createToken, type TokenMaker } from '../../shared/issuance/create-token.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { createTokenBody } from './request.ts';
import { renderNewToken } from './response.ts';

/** `POST /v1/tokens`: makes a bootstrap token. */
export function createTokenHandler(maker: TokenMaker) {
  return api({ name: 'create-token', access: 'iam', body: createTokenBody }, async ({ body, caller }) => {
    const { record, token } = await createToken(maker, body, caller.principal);
    return {
      status: 201,
      headers: { location: `/v1/tokens/${record.id}` },
      json: renderNewToken(record, token),
    };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = createTokenHandler({
  tokens: dynamoTokenStore({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
  random: randomBytes,
});
