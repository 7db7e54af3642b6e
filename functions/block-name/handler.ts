import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { api } from '../../shared/http/api.ts';
import { namePath, renderNameBlock } from '../../shared/http/contract/revocation.ts';
import { type BlockDependencies, blockName } from '../../shared/revocation/block-name.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { blockNameBody } from './request.ts';

/** `PUT /v1/blocks/{profile}/{name}`: no token gets a certificate for the name from then on. */
export function blockNameHandler(deps: BlockDependencies) {
  return api(
    { name: 'block-name', access: 'iam', path: namePath, body: blockNameBody },
    async ({ path, body, caller }) => {
      const block = await blockName(deps, path, { ...body, by: caller.principal });
      return { status: 200, json: renderNameBlock(block) };
    },
  );
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = blockNameHandler({
  ledger: dynamoBlockLedger({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
  random: randomBytes,
  pause: setTimeout,
});
