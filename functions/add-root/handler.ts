import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { renderAdditionalRoot } from '../../shared/http/contract/root.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { addRoot } from '../../shared/rotation/add-root.ts';
import type { AdditionalRootsDependencies } from '../../shared/rotation/change-additional-roots.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { addRootBody } from './request.ts';

/** `POST /v1/roots`: adds the root of another CA to the trust bundle; 200 where it is there already. */
export function addRootHandler(deps: AdditionalRootsDependencies) {
  return api({ name: 'add-root', access: 'iam', body: addRootBody }, async ({ body, caller }) => {
    const { root, created } = await addRoot(deps, { pem: body.pem, by: caller.principal });
    const json = renderAdditionalRoot(root, toPem('CERTIFICATE', root.certificate));
    return { status: created ? 201 : 200, json };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = addRootHandler({
  authority: dynamoAuthorityStore({
    client: dynamoClient(),
    tableName: environment.TABLE_NAME,
    fence: 'ignored',
  }),
  clock: systemClock,
});
