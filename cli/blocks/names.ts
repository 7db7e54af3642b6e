import { pathOf } from '../api/client.ts';
import { plain } from '../output/plain.ts';
import type { Session } from '../session.ts';

export interface BlockOptions {
  readonly profile: string;
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
}

/** No token gets a certificate of the profile for this name from then on. */
export async function blockName(session: Session, name: string, options: BlockOptions): Promise<void> {
  const { profile, reason, comment } = options;
  const path = pathOf`/blocks/${profile}/${name}`;
  const json = await session.api.call(path, { method: 'PUT', body: { reason, comment } });
  session.show(
    json ?? { profile, name },
    () =>
      `The name ${plain(name)} is blocked for profile ${profile}. Its certificates remain valid; "fleetseal certificates revoke --name ${plain(name)}" revokes them.\n`,
  );
}

export async function unblockName(
  session: Session,
  name: string,
  { profile }: { readonly profile: string },
): Promise<void> {
  await session.api.call(pathOf`/blocks/${profile}/${name}`, { method: 'DELETE' });
  session.show(
    { profile, name },
    () => `The name ${plain(name)} is no longer blocked for profile ${profile}.\n`,
  );
}
