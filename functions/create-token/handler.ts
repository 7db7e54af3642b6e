import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import type { ApiRequest } from '../../shared/http/request.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { createToken, type TokenMaker } from '../../shared/issuance/create-token.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
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

/** `POST /v1/tokens` and `POST /v1/profiles/{profile}/tokens`: make a bootstrap token. */
export function createTokenHandler(
  maker: TokenMaker,
): (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult> {
  const ofAnyProfile = api({ name: NAME, access: 'iam', body: createTokenBody }, async (request) =>
    create(maker, request, request.body),
  );
  const ofProfile = api(
    { name: NAME, access: 'iam', path: profilePath, body: profileTokenBody },
    async (request) => {
      const { profile } = request.path;
      requireSameProfile(profile, request.body.profile);
      return create(maker, request, { ...request.body, profile });
    },
  );
  return (event, context) => (event.resource === OF_PROFILE ? ofProfile : ofAnyProfile)(event, context);
}

async function create(
  maker: TokenMaker,
  { caller, urlOf }: Pick<ApiRequest, 'caller' | 'urlOf'>,
  body: Parameters<typeof readTokenBody>[0],
): Promise<ApiResponse> {
  const created = await createToken(maker, readTokenBody(body), caller.principal);
  return {
    status: 201,
    headers: { location: `/v1/tokens/${created.record.id}` },
    json: renderNewToken(created, urlOf),
  };
}

const environment = readEnvironment(['TABLE_NAME']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = createTokenHandler({
  tokens: dynamoTokenStore(options),
  authority: unfencedAuthorityReader(options),
  clock: systemClock,
  random: randomBytes,
});
