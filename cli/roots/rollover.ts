import { pathOf } from '../api/client.ts';
import { type RootView, read, rootView } from '../api/views.ts';
import { confirm } from '../output/confirm.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { principal } from '../output/principal.ts';
import { distance, timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

/** The root gets its certificate, and one by the root before it. */
export function certifyRoot(session: Session, id: string): Promise<void> {
  return change(session, pathOf`/roots/${id}/certify`);
}

/** Who states it is recorded: without it, the root is not activated. */
export function acknowledgeRoot(session: Session, id: string, verifiers: readonly string[]): Promise<void> {
  return change(session, pathOf`/roots/${id}/acknowledge`, { verifiers });
}

export function activateRoot(session: Session, id: string): Promise<void> {
  return change(session, pathOf`/roots/${id}/activate`);
}

export async function retireRoot(
  session: Session,
  id: string,
  { yes = false }: { readonly yes?: boolean | undefined },
): Promise<void> {
  await confirm(session.terminal, `${plain(id)} will leave the trust bundle, for good.`, yes);
  await change(session, pathOf`/roots/${id}/retire`);
}

async function change(session: Session, path: string, body?: object): Promise<void> {
  const json = await session.api.call(path, { method: 'POST', body, repeatable: true });
  session.show(json, () => renderRoot(read(rootView, json), session.terminal));
}

function renderRoot(root: RootView, terminal: Terminal): string {
  const { acknowledgement } = root;
  const history = root.changes.map(({ to, at, by }) => `${at}  ${to}  by ${principal(by)}`);
  return renderDetails([
    ['Root', plain(root.id)],
    ['State', root.state],
    ['Key', root.keySpec ?? 'of a CA outside of this service'],
    ['Not after', timeWithDistance(root.notAfter, terminal.now())],
    ['Adoption', adoptionText(root, terminal)],
    ['Acknowledged', acknowledgement && `${acknowledgement.at}  by ${principal(acknowledgement.by)}`],
    ['Verifiers', acknowledgement?.verifiers.map((verifier) => plain(verifier)).join('\n')],
    ['History', history.join('\n')],
  ]);
}

/** How many of the live names trust the root, and when they were counted; undefined where they were not. */
export function adoptionText({ adoption }: RootView, terminal: Terminal): string | undefined {
  if (adoption === undefined) return undefined;
  const { adopted, live, measuredAt } = adoption;
  return `${adopted} of ${live}, counted ${distance(measuredAt, terminal.now())}`;
}
