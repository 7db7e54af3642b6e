import { read, rootsView } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { principal } from '../output/principal.ts';
import { renderTable } from '../output/table.ts';
import { timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';
import { adoptionText } from './rollover.ts';

const OWN = [
  { head: 'ROOT' },
  { head: 'STATE' },
  { head: 'NOT AFTER', flexible: true },
  { head: 'TRUSTED BY' },
];

const ADDITIONAL = [
  { head: 'ADDITIONAL ROOT, SHA-256' },
  { head: 'SUBJECT', flexible: true },
  { head: 'NOT AFTER', flexible: true },
  { head: 'ADDED BY', flexible: true, optional: true },
];

/** The roots of the authority with their adoption, and those of other CAs. */
export async function listRoots(session: Session): Promise<void> {
  const json = await session.api.call('/roots');
  session.show(json, () => {
    const { roots, additionalRoots } = read(rootsView, json);
    const { width, now } = session.terminal;
    const own = roots.map((root) => [
      plain(root.id),
      root.state,
      timeWithDistance(root.notAfter, now()),
      adoptionText(root, session.terminal) ?? '',
    ]);
    const others = additionalRoots.map(({ sha256, subject, notAfter, addedBy, inSettings }) => [
      sha256,
      plain(subject.replaceAll('\n', ', ')),
      timeWithDistance(notAfter, now()),
      inSettings || addedBy === undefined ? 'the settings' : principal(addedBy),
    ]);
    const table = renderTable(OWN, own, width);
    return others.length === 0 ? `${table}\n` : `${table}\n\n${renderTable(ADDITIONAL, others, width)}\n`;
  });
}
