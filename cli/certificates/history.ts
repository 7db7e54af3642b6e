import { pathOf } from '../api/client.ts';
import { type HistoryEntry, historyView, read } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { principal } from '../output/principal.ts';
import { wrap } from '../output/wrap.ts';
import type { Session } from '../session.ts';

/** What happened to a certificate, and who did it, oldest first. */
export async function showHistory(session: Session, serialNumber: string): Promise<void> {
  const json = await session.api.call(pathOf`/certificates/${serialNumber}/history`);
  session.show(json, () => {
    const { items } = read(historyView, json);
    const width = Math.max(...items.map(({ event }) => event.length));
    return items.map((entry) => lineOf(entry, width, session.terminal.width)).join('');
  });
}

/** Time and event, then everything else that the service says of it. */
function lineOf(
  { at, event, by, ...details }: HistoryEntry,
  width: number,
  terminal: number | undefined,
): string {
  const head = `${at}  ${plain(event).padEnd(width)}  `;
  const others = Object.entries(details).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${name}: ${plain(value)}`] : [],
  );
  const text = [...(by === undefined ? [] : [`by ${principal(by)}`]), ...others].join('; ');
  return `${head}${wrap(text, ' '.repeat(head.length), terminal)}`.trimEnd().concat('\n');
}
