import { noteRest, type PageOptions, readListing } from '../api/pages.ts';
import { read, type TokenView, tokenView } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { type Column, renderTable } from '../output/table.ts';
import { distance } from '../output/time.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { styleOfState } from './state.ts';

const COLUMNS: readonly Column[] = [
  { head: 'ID' },
  { head: 'PROFILE' },
  { head: 'NAMES', flexible: true },
  { head: 'STATE' },
  { head: 'USES', align: 'right' },
  { head: 'EXPIRES' },
  { head: 'DESCRIPTION', flexible: true },
];

export async function listTokens(session: Session, options: PageOptions): Promise<void> {
  const listing = await readListing(session, '/tokens', {}, options);
  session.show(listing, () => {
    const tokens = listing.items.map((item) => read(tokenView, item));
    if (tokens.length === 0) return 'No tokens.\n';
    const { terminal } = session;
    return `${renderTable(
      COLUMNS,
      tokens.map((token) => rowOf(token, terminal)),
      terminal.width,
    )}\n`;
  });
  noteRest(session, listing);
}

function rowOf(token: TokenView, terminal: Terminal): readonly string[] {
  return [
    token.id,
    token.profile,
    plain([token.names.commonName, ...token.names.dns, ...token.names.ip].join(' ')),
    terminal.style(styleOfState(token.state), token.state),
    `${token.uses}/${token.maxUses}`,
    distance(token.expiresAt, terminal.now()),
    plain(token.description),
  ];
}
