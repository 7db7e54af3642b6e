import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { additionalRootPath } from '../../shared/http/contract/root.ts';
import type { AdditionalRootsDependencies } from '../../shared/rotation/change-additional-roots.ts';
import { removeRoot } from '../../shared/rotation/remove-root.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoClient } from '../../shared/store/client.ts';

/** `DELETE /v1/roots/{id}`: removes the root of another CA from the trust bundle. */
export function removeRootHandler(deps: AdditionalRootsDependencies) {
  return api({ name: 'remove-root', access: 'iam', path: additionalRootPath }, async ({ path, caller }) => {
    await removeRoot(deps, { sha256: path.id, by: caller.principal });
    return { status: 204 };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = removeRootHandler({
  authority: dynamoAuthorityStore({
    client: dynamoClient(),
    tableName: environment.TABLE_NAME,
    fence: 'ignored',
  }),
  clock: systemClock,
});
