import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import type { Root } from '../../shared/domain/authority.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { renderRoot, rootPath } from '../../shared/http/contract/root.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { toPem } from '../../shared/pki/pem.ts';
import {
  acknowledgeRoot,
  activateRoot,
  type ChangeRootDependencies,
  retireRoot,
} from '../../shared/rotation/change-root.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoRootStore } from '../../shared/store/root-store.ts';
import { acknowledgeBody } from './request.ts';

const NAME = 'change-root';

/** `POST /v1/roots/{id}/acknowledge`, `/activate` and `/retire`: the steps of a rollover of roots that sign nothing. */
export function changeRootHandler(
  deps: ChangeRootDependencies,
): (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult> {
  const route = { name: NAME, access: 'iam', path: rootPath } as const;
  const acknowledge = api({ ...route, body: acknowledgeBody }, async ({ path, body, caller }) =>
    shown(await acknowledgeRoot(deps, { id: path.id, by: caller.principal, verifiers: body.verifiers })),
  );
  const activate = api(route, async ({ path, caller }) =>
    shown(await activateRoot(deps, { id: path.id, by: caller.principal })),
  );
  const retire = api(route, async ({ path, caller }) =>
    shown(await retireRoot(deps, { id: path.id, by: caller.principal })),
  );
  return (event, context) => {
    if (event.resource.endsWith('/acknowledge')) return acknowledge(event, context);
    return (event.resource.endsWith('/activate') ? activate : retire)(event, context);
  };
}

function shown(root: Root): ApiResponse {
  return { status: 200, json: renderRoot(root, (certificate) => toPem('CERTIFICATE', certificate)) };
}

const environment = readEnvironment(['TABLE_NAME', 'ROOT_ADOPTION_PERCENT']);
const table = {
  client: dynamoClient(),
  tableName: environment.TABLE_NAME,
  fence: 'ignored',
} as const;

export const handler = changeRootHandler({
  authority: dynamoAuthorityReader(table),
  roots: dynamoRootStore(table),
  clock: systemClock,
  threshold: Number(environment.ROOT_ADOPTION_PERCENT) / 100,
});
