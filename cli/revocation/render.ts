import type { RevocationView } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { principal } from '../output/principal.ts';
import { renderTable } from '../output/table.ts';
import { shortTime } from '../output/time.ts';
import { wrap } from '../output/wrap.ts';
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

/** Each place in the words of the service; commands stand on lines of their own, to be copied. */
function renderEffect(effect: RevocationView['effect'], terminal: Terminal): string {
  const texts = Object.entries(effect).filter(([, value]) => typeof value === 'string');
  const commands = Object.values(effect).flatMap((value) => (Array.isArray(value) ? value.map(String) : []));
  const width = Math.max(0, ...texts.map(([where]) => where.length)) + 2;
  const lines = texts.map(
    ([where, what]) =>
      `${where.padEnd(width)}${wrap(plain(String(what)), ' '.repeat(width), terminal.width)}\n`,
  );
  return [
    ...lines,
    ...commands.map(
      (command) =>
        `\n${command
          .split('\n')
          .map((line) => plain(line))
          .join('\n')}\n`,
    ),
  ].join('');
}
