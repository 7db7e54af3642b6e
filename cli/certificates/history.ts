import { pathOf } from '../api/client.ts';
import { type HistoryEntry, historyView, read } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { renderTable } from '../output/table.ts';
import type { Session } from '../session.ts';

const COLUMNS = [
  { head: 'TIME' },
  { head: 'EVENT' },
  { head: 'BY', flexible: true },
  { head: 'DETAILS', flexible: true },
];

/** What happened to a certificate, and who did it, oldest first. */
export async function showHistory(session: Session, serialNumber: string): Promise<void> {
  const json = await session.api.call(pathOf`/certificates/${serialNumber}/history`);
  session.show(json, () => {
    const rows = read(historyView, json).items.map(rowOf);
    return `${renderTable(COLUMNS, rows, session.terminal.width)}\n`;
  });
}

function rowOf({ at, event, by, ...details }: HistoryEntry): readonly string[] {
  const known = Object.entries(details).filter(([, value]) => typeof value === 'string');
  return [at, event, plain(by ?? ''), plain(known.map(([name, value]) => `${name}: ${value}`).join('; '))];
}
