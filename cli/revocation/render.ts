import type { RevocationView } from '../api/views.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { renderTable } from '../output/table.ts';
import { shortTime } from '../output/time.ts';
import type { Terminal } from '../terminal.ts';

const COLUMNS = [
  { head: 'SERIAL NUMBER' },
  { head: 'REVOKED' },
  { head: 'REASON' },
  { head: 'BY', flexible: true },
];

/** What was revoked, and where and when that takes effect. */
export function renderRevoked(
  revoked: RevocationView['revoked'],
  effect: RevocationView['effect'],
  terminal: Terminal,
): string {
  const rows = revoked.map(({ serialNumber, revokedAt, reason, revokedBy }) => [
    serialNumber,
    shortTime(revokedAt),
    reason,
    plain(revokedBy),
  ]);
  const list =
    rows.length === 0 ? 'There was nothing to revoke.' : renderTable(COLUMNS, rows, terminal.width);
  const effects = Object.entries(effect).map(([where, what]) => [where, textOf(what)] as const);
  return `${list}\n\n${terminal.style('bold', 'What takes effect where')}\n${renderDetails(effects)}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
        .split('\n')
        .map((line) => plain(line))
        .join('\n')
    : plain(JSON.stringify(value));
}
