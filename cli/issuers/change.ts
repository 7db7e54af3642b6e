import { pathOf } from '../api/client.ts';
import { issuerView, read } from '../api/views.ts';
import { confirm } from '../output/confirm.ts';
import { renderEffect } from '../output/effect.ts';
import { plain } from '../output/plain.ts';
import { timeIn } from '../output/time.ts';
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

export interface RetireOptions {
  readonly comment?: string | undefined;
  readonly yes?: boolean | undefined;
}

/** Ends the issuer for good; the service refuses it where a certificate of it is still valid. */
export async function retireIssuer(
  session: Session,
  id: string,
  { comment, yes = false }: RetireOptions,
): Promise<void> {
  const plan = `${plain(id)} will sign no revocation list and no OCSP response again, and its slot is used up.`;
  await confirm(session.terminal, plan, yes);
  await changeIssuer(session, id, { change: 'retire', comment });
}

export interface CompromiseOptions extends RetireOptions {
  /** Seconds from now. @default - the service decides */
  readonly revokeIn?: number | undefined;
}

/** Stops the issuer for good, and says what takes effect when. */
export async function compromiseIssuer(
  session: Session,
  id: string,
  { comment, revokeIn, yes = false }: CompromiseOptions,
): Promise<void> {
  const plan = `${plain(id)} will issue nothing again, its certificates are to be replaced at once, and it is then to be revoked: the root does it, or, where the root is external, your CA.`;
  await confirm(session.terminal, plan, yes);
  const revokeAt = revokeIn && timeIn(revokeIn, session.terminal.now());
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
