import * as z from 'zod/mini';
import type { KeyBlock, NameBlock } from '../../shared/domain/block.ts';
import {
  keyBlockView,
  nameBlockView,
  renderKeyBlock,
  renderNameBlock,
} from '../../shared/http/contract/revocation.ts';
import { pageOf } from '../../shared/http/contract/words.ts';

/** The answer to `GET /v1/blocks`. */
export const listBlocksAnswer = pageOf(z.union([keyBlockView, nameBlockView]));

/** A page of blocks. */
export function renderBlocks(page: {
  readonly items: readonly (NameBlock | KeyBlock)[];
  readonly cursor: string | undefined;
}): z.infer<typeof listBlocksAnswer> {
  return {
    items: page.items.map((block) =>
      'publicKeySha256' in block ? renderKeyBlock(block) : renderNameBlock(block),
    ),
    cursor: page.cursor ?? null,
  };
}
