import { readEnvironment } from '../../shared/config/environment.ts';
import { api } from '../../shared/http/api.ts';
import { renderReplacement } from '../../shared/http/contract/replacement.ts';
import type { Replacements } from '../../shared/rotation/ports.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoReplacements } from '../../shared/store/replacement-store.ts';

/** `GET /v1/replacements`: all mass replacements, oldest first. */
export function listReplacementsHandler(deps: { readonly store: Replacements }) {
  return api({ name: 'list-replacements', access: 'iam' }, async () => {
    const all = await deps.store.replacements();
    return { status: 200, json: { items: all.map(renderReplacement), cursor: null } };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = listReplacementsHandler({
  store: dynamoReplacements({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
});
