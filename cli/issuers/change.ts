import { pathOf } from '../api/client.ts';
import { issuerView, read } from '../api/views.ts';
import { confirm } from '../output/confirm.ts';
import { renderEffect } from '../output/effect.ts';
import { plain } from '../output/plain.ts';
import { rfc3339 } from '../output/time.ts';
import type { Session } from '../session.ts';
import { renderIssuer } from './show.ts';

/** The next slot, or the one that is named, gets its certificate. */
export async function certifyIssuer(session: Session, id: string | undefined): Promise<void> {
  const body = id === undefined ? {} : { id };
  show(session, await session.api.call('/issuers', { method: 'POST', body, repeatable: true }));
}

/** Takes an issuer to its next state. Repeating it changes nothing. */
export async function changeIssuer(
  session: Session,
  id: string,
  { change, comment }: { readonly change: string; readonly comment?: string | undefined },
): Promise<void> {
  const path = pathOf`/issuers/${id}/${change}`;
  show(session, await session.api.call(path, { method: 'POST', body: { comment }, repeatable: true }));
}

export interface CompromiseOptions {
  readonly comment?: string | undefined;
  /** Seconds from now. @default - the service decides */
  readonly revokeIn?: number | undefined;
  readonly yes?: boolean | undefined;
}

/** Stops the issuer for good, and says what takes effect when. */
export async function compromiseIssuer(
  session: Session,
  id: string,
  { comment, revokeIn, yes = false }: CompromiseOptions,
): Promise<void> {
  const plan = `${plain(id)} will issue nothing again, its certificates are to be replaced at once, and it is then revoked.`;
  await confirm(session.terminal, plan, yes);
  const revokeAt = revokeIn && rfc3339(session.terminal.now() + revokeIn * 1000);
  const path = pathOf`/issuers/${id}/compromise`;
  const body = { comment, revokeAt };
  show(session, await session.api.call(path, { method: 'POST', body, repeatable: true }));
}

function show(session: Session, json: unknown): void {
  session.show(json, () => {
    const issuer = read(issuerView, json);
    const effect = issuer.effect === undefined ? '' : `\n${renderEffect(issuer.effect, session.terminal)}`;
    return `${renderIssuer(issuer, session.terminal)}${effect}`;
  });
}
