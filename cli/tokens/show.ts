import { pathOf } from '../api/client.ts';
import { read, tokenView } from '../api/views.ts';
import type { Session } from '../session.ts';
import { renderToken } from './details.ts';
import { tokenId } from './token-id.ts';

export async function showToken(session: Session, id: string): Promise<void> {
  const json = await session.api.call(pathOf`/tokens/${tokenId(id)}`);
  session.show(json, () => renderToken(read(tokenView, json), session.terminal));
}
