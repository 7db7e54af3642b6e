import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { createToken, type TokenMaker } from '../../shared/issuance/create-token.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import {
  createTokenBody,
  profilePath,
  profileTokenBody,
  readTokenBody,
  requireSameProfile,
} from './request.ts';
import { renderNewToken } from './response.ts';

const NAME = 'create-token';

/** The route of one profile: its path, unlike a body, is what an IAM policy can tell profiles apart by. */
const OF_PROFILE = '/profiles/{profile}/tokens';

type NewToken = Awaited<ReturnType<typeof createToken>>;

/** `POST /v1/tokens` and `POST /v1/profiles/{profile}/tokens`: make a bootstrap token. */
export function createTokenHandler(
  maker: TokenMaker,
): (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult> {
  const ofAnyProfile = api({ name: NAME, access: 'iam', body: createTokenBody }, async ({ body, caller }) =>
    created(await createToken(maker, readTokenBody(body), caller.principal)),
  );
  const ofProfile = api(
    { name: NAME, access: 'iam', path: profilePath, body: profileTokenBody },
    async ({ path: { profile }, body, caller }) => {
      requireSameProfile(profile, body.profile);
      return created(await createToken(maker, readTokenBody({ ...body, profile }), caller.principal));
    },
  );
  return (event, context) => (event.resource === OF_PROFILE ? ofProfile : ofAnyProfile)(event, context);
}

function created({ record, token }: NewToken): ApiResponse {
  return {
    status: 201,
    headers: { location: `/v1/tokens/${record.id}` },
    json: renderNewToken(record, token),
  };
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = createTokenHandler({
  tokens: dynamoTokenStore({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
  random: randomBytes,
});
