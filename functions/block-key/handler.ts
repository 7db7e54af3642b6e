import { readEnvironment } from '../../shared/config/environment.ts';
import { type Clock, systemClock } from '../../shared/domain/instant.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { api } from '../../shared/http/api.ts';
import { renderKeyBlock } from '../../shared/http/contract/revocation.ts';
import type { BlockLedger } from '../../shared/revocation/ports.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { blockKeyBody, readKey } from './request.ts';

/** `POST /v1/blocks/keys`: no certificate is issued for the key from then on, for good. */
export function blockKeyHandler(deps: {
  readonly blocks: Pick<BlockLedger, 'blockKey'>;
  readonly clock: Clock;
}) {
  return api({ name: 'block-key', access: 'iam', body: blockKeyBody }, async ({ body, caller }) => {
    const { reason, comment } = body;
    const publicKeySha256 = readKey(body);
    const block = { publicKeySha256, at: deps.clock(), by: caller.principal, reason, comment };
    return { status: 200, json: renderKeyBlock(await deps.blocks.blockKey(withoutUndefined(block))) };
  });
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = blockKeyHandler({
  blocks: dynamoBlockLedger({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
  clock: systemClock,
});
