import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { issuerPath } from '../../shared/http/contract/issuer.ts';
import { type ChangeIssuerDependencies, changeIssuer } from '../../shared/rotation/change-issuer.ts';
import type { IssuerAction } from '../../shared/rotation/issuer-transitions.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { changeIssuerBody, compromiseIssuerBody } from './request.ts';
import { renderChange, renderCompromise } from './response.ts';

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** `POST /v1/issuers/{id}/{activate,drain,retire,compromise}`: changes the state of an issuer; it signs nothing. */
export function changeIssuerHandler(deps: ChangeIssuerDependencies): Handler {
  const route = { name: 'change-issuer', access: 'iam', path: issuerPath, bodyIsOptional: true } as const;
  const plain = (action: IssuerAction) =>
    api({ ...route, body: changeIssuerBody }, async ({ path, body, caller }) => {
      const request = { id: path.id, action, by: caller.principal, comment: body.comment };
      return { status: 200, json: renderChange(await changeIssuer(deps, request)) };
    });
  const compromise = api({ ...route, body: compromiseIssuerBody }, async ({ path, body, caller }) => {
    const request = { id: path.id, action: 'compromise', by: caller.principal, ...body } as const;
    return { status: 200, json: renderCompromise(await changeIssuer(deps, request)) };
  });
  const handlers: Readonly<Record<string, Handler>> = {
    '/issuers/{id}/activate': plain('activate'),
    '/issuers/{id}/drain': plain('drain'),
    '/issuers/{id}/retire': plain('retire'),
  };
  return (event, context) => (handlers[event.resource] ?? compromise)(event, context);
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = changeIssuerHandler({
  authority: dynamoAuthorityStore({
    client: dynamoClient(),
    tableName: environment.TABLE_NAME,
    fence: 'ignored',
  }),
  clock: systemClock,
});
