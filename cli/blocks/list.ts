import { noteRest, type PageOptions, readListing } from '../api/pages.ts';
import { type BlockView, blockView, read } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { principal } from '../output/principal.ts';
import { type Column, renderTable } from '../output/table.ts';
import { shortTime } from '../output/time.ts';
import type { Session } from '../session.ts';

const DETAILS = [
  { head: 'BLOCKED', optional: true },
  { head: 'REASON', optional: true },
  { head: 'BY', flexible: true, optional: true },
  { head: 'COMMENT', flexible: true },
];

export function listBlockedNames(session: Session, options: PageOptions): Promise<void> {
  return listBlocks(session, options, {
    columns: [{ head: 'PROFILE' }, { head: 'NAME', flexible: true }],
    none: 'No names are blocked.\n',
    cells: ({ profile, name }) =>
      profile === undefined || name === undefined ? undefined : [profile, plain(name)],
  });
}

export function listBlockedKeys(session: Session, options: PageOptions): Promise<void> {
  return listBlocks(session, options, {
    columns: [{ head: 'SPKI SHA-256' }],
    none: 'No keys are blocked.\n',
    cells: ({ spkiSha256 }) => (spkiSha256 === undefined ? undefined : [spkiSha256]),
  });
}

/** Names or keys of the one list that the service has. */
interface Kind {
  readonly columns: readonly Column[];
  readonly none: string;
  /** The first cells of a block; undefined for one of the other kind. */
  cells(block: BlockView): readonly string[] | undefined;
}

async function listBlocks(session: Session, options: PageOptions, kind: Kind): Promise<void> {
  const isOfKind = (item: unknown) => kind.cells(read(blockView, item)) !== undefined;
  const listing = await readListing(session, '/blocks', {}, { ...options, only: isOfKind });
  session.show(listing, () => {
    const rows = listing.items.map((item) => {
      const block = read(blockView, item);
      const { blockedAt, blockedBy, reason, comment } = block;
      return [
        ...(kind.cells(block) ?? []),
        shortTime(blockedAt),
        reason ?? '',
        principal(blockedBy),
        plain(comment ?? ''),
      ];
    });
    if (rows.length === 0) return kind.none;
    return `${renderTable([...kind.columns, ...DETAILS], rows, session.terminal.width)}\n`;
  });
  noteRest(session, listing);
}
