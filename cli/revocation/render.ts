import type { RevocationView } from '../api/views.ts';
import { renderEffect } from '../output/effect.ts';
import { principal } from '../output/principal.ts';
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
  { revoked, count, effect }: Pick<RevocationView, 'revoked' | 'count' | 'effect'>,
  terminal: Terminal,
): string {
  const rows = revoked.map(({ serialNumber, revokedAt, reason, revokedBy }) => [
    serialNumber,
    shortTime(revokedAt),
    reason,
    principal(revokedBy),
  ]);
  const list =
    rows.length === 0 ? 'There was nothing to revoke.' : renderTable(COLUMNS, rows, terminal.width);
  const unlisted = count > rows.length ? `And ${count - rows.length} more that are not listed.\n` : '';
  return `${list}\n${unlisted}\n${terminal.style('bold', 'What takes effect where')}\n${renderEffect(effect, terminal)}`;
}
