import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { namePath } from '../../shared/http/contract/revocation.ts';
import { type BlockDependencies, unblockName } from '../../shared/revocation/block-name.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';

/** `DELETE /v1/blocks/{profile}/{name}`: lifts the block of a name; where there is none, nothing changes. */
export function unblockNameHandler(deps: BlockDependencies) {
  return api({ name: 'unblock-name', access: 'iam', path: namePath }, async ({ path }) => {
    await unblockName(deps, path);
    return { status: 204 };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = unblockNameHandler({
  ledger: dynamoBlockLedger({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
  random: randomBytes,
  pause: setTimeout,
});
