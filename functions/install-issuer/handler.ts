import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { issuerPath } from '../../shared/http/contract/issuer.ts';
import { type InstallIssuerDependencies, installIssuer } from '../../shared/rotation/install-issuer.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoExternalIssuerStore } from '../../shared/store/external-issuer-store.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';
import { installIssuerBody } from './request.ts';
import { renderInstalled } from './response.ts';

/** `PUT /v1/issuers/{id}/certificate`: the certificate of an issuer, by the CA of an external root. */
export function installIssuerHandler(deps: InstallIssuerDependencies) {
  const route = { name: 'install-issuer', access: 'iam', path: issuerPath, body: installIssuerBody } as const;
  return api(route, async ({ path, body: { certificate, chain = [] }, caller }) => {
    const request = { id: path.id, certificate, chain, by: caller.principal };
    return { status: 200, json: renderInstalled(await installIssuer(deps, request)) };
  });
}

const environment = readEnvironment(['TABLE_NAME']);
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

export const handler = installIssuerHandler({
  authority: dynamoAuthorityReader(table),
  external: dynamoExternalIssuerStore(table),
  slots: dynamoSlotStore(table),
  clock: systemClock,
});
