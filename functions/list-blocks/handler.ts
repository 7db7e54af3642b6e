import { readEnvironment } from '../../shared/config/environment.ts';
import { api } from '../../shared/http/api.ts';
import type { BlockLedger } from '../../shared/revocation/ports.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { listBlocksQuery } from './request.ts';
import { renderBlocks } from './response.ts';

/** `GET /v1/blocks`: pages the blocked keys, then the blocked names. */
export function listBlocksHandler(deps: { readonly blocks: Pick<BlockLedger, 'listBlocks'> }) {
  return api({ name: 'list-blocks', access: 'iam', query: listBlocksQuery }, async ({ query }) => ({
    status: 200,
    json: renderBlocks(await deps.blocks.listBlocks(query)),
  }));
}

const environment = readEnvironment(['TABLE_NAME']);

export const handler = listBlocksHandler({
  blocks: dynamoBlockLedger({ client: dynamoClient(), tableName: environment.TABLE_NAME }),
});
