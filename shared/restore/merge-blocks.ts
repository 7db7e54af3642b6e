import { type BlockDependencies, blockName } from '../revocation/block-name.ts';
import type { BlockLedger } from '../revocation/ports.ts';
import { all } from './merge-tokens.ts';
import type { FormerLedger } from './ports.ts';

/** How many blocks the former table has. */
export interface MergedBlocks {
  readonly names: number;
  readonly keys: number;
}

export interface MergeBlocksDependencies extends BlockDependencies {
  readonly ledger: BlockDependencies['ledger'] & Pick<BlockLedger, 'blockKey'>;
  readonly former: FormerLedger;
}

/** Blocks again what was blocked since; a block that was lifted since stays. */
export async function mergeBlocks(deps: MergeBlocksDependencies, apply: boolean): Promise<MergedBlocks> {
  const merged = { names: 0, keys: 0 };
  for await (const block of all((cursor) => deps.former.blocks(cursor))) {
    const isName = 'name' in block;
    merged[isName ? 'names' : 'keys']++;
    if (!apply) continue;
    if (isName) await blockName(deps, block, block);
    else await deps.ledger.blockKey(block);
  }
  return merged;
}
