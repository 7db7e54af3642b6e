import { type IssuerView, issuersView, read } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { renderTable } from '../output/table.ts';
import { shortTime, timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

const COLUMNS = [
  { head: 'ISSUER' },
  { head: 'STATE' },
  { head: 'KEY' },
  { head: 'ROOT' },
  { head: 'SINCE', optional: true },
  { head: 'NOT AFTER', flexible: true },
];

/** All issuers, with the slots that a rollover can take. */
export async function listIssuers(session: Session): Promise<void> {
  const json = await session.api.call('/issuers');
  session.show(json, () => {
    const { items, freeSlots } = read(issuersView, json);
    const rows = items.map((issuer) => cells(issuer, session.terminal));
    const slots =
      freeSlots.length === 0 ? 'none: append to the setting issuers and deploy' : freeSlots.join(', ');
    return `${renderTable(COLUMNS, rows, session.terminal.width)}\n\nFree slots: ${plain(slots)}\n`;
  });
}

function cells(issuer: IssuerView, terminal: Terminal): readonly string[] {
  const { id, state, keySpec, root, notAfter, changes } = issuer;
  const since = changes.findLast(({ to }) => to === state)?.at;
  return [
    plain(id),
    state,
    keySpec,
    plain(root),
    since === undefined ? '' : shortTime(since),
    notAfter === undefined ? '' : timeWithDistance(notAfter, terminal.now()),
  ];
}
