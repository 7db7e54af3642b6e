import { pathOf } from '../api/client.ts';
import { pageView, read, replacementView } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { principal } from '../output/principal.ts';
import { renderTable } from '../output/table.ts';
import { shortTime, timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';
import { selectionText } from './create.ts';

const COLUMNS = [
  { head: 'REPLACEMENT' },
  { head: 'CERTIFICATES OF', flexible: true },
  { head: 'BY' },
  { head: 'CREATED', optional: true },
  { head: 'CREATED BY', flexible: true, optional: true },
];

export async function listReplacements(session: Session): Promise<void> {
  const json = await session.api.call('/replacements');
  session.show(json, () => {
    const rows = read(pageView, json).items.map((item) => {
      const { id, selector, by, createdAt, createdBy } = read(replacementView, item);
      return [
        plain(id),
        selectionText(selector),
        timeWithDistance(by, session.terminal.now()),
        shortTime(createdAt),
        principal(createdBy),
      ];
    });
    if (rows.length === 0) return 'No certificates are being replaced.\n';
    return `${renderTable(COLUMNS, rows, session.terminal.width)}\n`;
  });
}

export async function cancelReplacement(session: Session, id: string): Promise<void> {
  await session.api.call(pathOf`/replacements/${id}`, { method: 'DELETE' });
  session.show({ id }, () => 'The replacement is ended. What has been renewed stays renewed.\n');
}
