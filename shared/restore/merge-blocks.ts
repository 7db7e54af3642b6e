import { type BlockDependencies, blockName } from '../revocation/block-name.ts';
import type { BlockLedger } from '../revocation/ports.ts';
import type { FormerLedger } from './ports.ts';

/** How many blocks the former table has. */
export interface MergedBlocks {
  readonly names: number;
  readonly keys: number;
  /** Where the next run goes on; undefined at the end. */
  readonly cursor: string | undefined;
}

export interface MergeBlocksDependencies extends BlockDependencies {
  readonly ledger: BlockDependencies['ledger'] & Pick<BlockLedger, 'blockKey'>;
  readonly former: FormerLedger;
  /** Whether there is time for another page. */
  readonly isTimeLeft: () => boolean;
}

/**
 * Blocks again what was blocked since; a block that was lifted since stays.
 *
 * @param cursor where an earlier run stopped. @param apply whether anything is written.
 */
export async function mergeBlocks(
  deps: MergeBlocksDependencies,
  cursor: string | undefined,
  apply: boolean,
): Promise<MergedBlocks> {
  const merged = { names: 0, keys: 0 };
  let at = cursor;
  do {
    const part = await deps.former.blocks(at);
    for (const block of part.items) {
      const isName = 'name' in block;
      merged[isName ? 'names' : 'keys']++;
      if (!apply) continue;
      if (isName) await blockName(deps, block, block);
      else await deps.ledger.blockKey(block);
    }
    at = part.cursor;
  } while (at !== undefined && deps.isTimeLeft());
  return { ...merged, cursor: at };
}
