import { readEnvironment } from '../../shared/config/environment.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { api } from '../../shared/http/api.ts';
import type { ReplacementStore } from '../../shared/rotation/ports.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoReplacementStore } from '../../shared/store/replacement-store.ts';
import { replacementPath } from './request.ts';

/** `DELETE /v1/replacements/{id}`: windows that it moved forward are as they were, for hosts that have not renewed yet. */
export function deleteReplacementHandler(deps: { readonly store: ReplacementStore }) {
  return api({ name: 'delete-replacement', access: 'iam', path: replacementPath }, async ({ path }) => {
    const all = await deps.store.replacements();
    const replacement = all.find(({ id }) => id === path.id);
    if (replacement === undefined || !(await deps.store.deleteReplacement(replacement)))
      throw new AppError('not_found', 'No replacement has this id. GET /v1/replacements lists them.');
    return { status: 204 };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = deleteReplacementHandler({
  store: dynamoReplacementStore({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
});
