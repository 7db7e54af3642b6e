import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { certificatePath, noSuchCertificate } from '../../shared/http/contract/certificate-path.ts';
import { namePath } from '../../shared/http/contract/revocation.ts';
import { requireTokenId, tokenPath } from '../../shared/http/contract/token-id.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import type { EffectSettings } from '../../shared/revocation/effect.ts';
import { revokeMany } from '../../shared/revocation/revoke-many.ts';
import { type RevokeNameDependencies, revokeName } from '../../shared/revocation/revoke-name.ts';
import { revokeSerial } from '../../shared/revocation/revoke-serial.ts';
import { type RevokeTokenDependencies, revokeToken } from '../../shared/revocation/revoke-token.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { dynamoTokenCertificates } from '../../shared/store/token-certificates.ts';
import { requireConfirmed, revokeBody, revokeManyBody, revokeTokenBody } from './request.ts';
import { type RevocationResult, renderRevocations } from './response.ts';

const NAME = 'revoke-certificates';

export interface RevokeHandlerDependencies
  extends Omit<RevokeNameDependencies & RevokeTokenDependencies, 'remainingMilliseconds'> {
  readonly settings: EffectSettings;
}

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** The routes that revoke: by serial number, by name, by token, and a confirmed list. */
export function revokeCertificatesHandler({ settings, ...ports }: RevokeHandlerDependencies): Handler {
  const within = (context: Context) => ({
    ...ports,
    remainingMilliseconds: () => context.getRemainingTimeInMillis(),
  });
  const answer = (result: RevocationResult): ApiResponse => ({
    status: 200,
    json: renderRevocations(result, settings, ports.clock()),
  });
  const common = { name: NAME, access: 'iam' } as const;

  const bySerial = api({ ...common, path: certificatePath, body: revokeBody }, async (request, context) => {
    const { path, body, caller } = request;
    const why = { ...body, by: caller.principal };
    const result = await revokeSerial(within(context), path.serial, why);
    if (result === undefined) throw noSuchCertificate();
    return answer(result);
  });
  const byName = api({ ...common, path: namePath, body: revokeBody }, async (request, context) => {
    const { path, body, caller } = request;
    return answer(await revokeName(within(context), path, { ...body, by: caller.principal }));
  });
  const byToken = api({ ...common, path: tokenPath, body: revokeTokenBody }, async (request, context) => {
    const { path, caller } = request;
    const { certificates: _, cursor, ...why } = request.body;
    const of = { tokenId: requireTokenId(path.id), cursor };
    return answer(await revokeToken(within(context), of, { ...why, by: caller.principal }));
  });
  const many = api({ ...common, body: revokeManyBody }, async (request, context) => {
    const { serialNumbers, confirm, ...why } = request.body;
    requireConfirmed({ serialNumbers, confirm });
    const by = request.caller.principal;
    return answer(await revokeMany(within(context), serialNumbers, { ...why, by }));
  });

  const handlers: Readonly<Record<string, Handler>> = {
    '/certificates/{serial}/revoke': bySerial,
    '/names/{profile}/{name}/revoke': byName,
    '/tokens/{id}/revoke': byToken,
  };
  return (event, context) => (handlers[event.resource] ?? many)(event, context);
}

const environment = readEnvironment([
  'TABLE_NAME',
  'REVOCATION_URL',
  'LIST_CACHE_SECONDS',
  'LIST_LIFETIME_SECONDS',
  'OCSP_LIFETIME_SECONDS',
  'KIBANA_URL',
]);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = revokeCertificatesHandler({
  ledger: { ...dynamoRevocationLedger(options), ...dynamoBlockLedger(options) },
  listing: dynamoCertificateListing(options),
  tokens: dynamoTokenCertificates(options),
  clock: systemClock,
  random: randomBytes,
  pause: setTimeout,
  settings: {
    revocationUrl: environment.REVOCATION_URL,
    cacheSeconds: Number(environment.LIST_CACHE_SECONDS),
    listLifetimeSeconds: Number(environment.LIST_LIFETIME_SECONDS),
    ocspLifetimeSeconds: Number(environment.OCSP_LIFETIME_SECONDS),
    kibanaUrl: environment.KIBANA_URL,
  },
});
