import { pathOf } from '../api/client.ts';
import type { Session } from '../session.ts';
import { tokenId } from './token-id.ts';

/** Ends a token: it makes no more certificates. Those that it made go on. */
export async function revokeToken(session: Session, text: string): Promise<void> {
  const id = tokenId(text);
  await session.api.call(pathOf`/tokens/${id}`, { method: 'DELETE' });
  session.show(
    { id, state: 'REVOKED' },
    () => `Token ${id} is revoked. The certificates that it made remain valid.\n`,
  );
}
