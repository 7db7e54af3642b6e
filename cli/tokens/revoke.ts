import { pathOf } from '../api/client.ts';
import { CommandError } from '../command-error.ts';
import { revokeCertificates } from '../revocation/revoke.ts';
import type { Session } from '../session.ts';
import { tokenId } from './token-id.ts';

export interface RevokeTokenOptions {
  readonly certificates?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
  readonly yes?: boolean | undefined;
}

/** Ends a token: it makes no more certificates. Those that it made go on, unless they are to be revoked too. */
export async function revokeToken(
  session: Session,
  text: string,
  options: RevokeTokenOptions,
): Promise<void> {
  const id = tokenId(text);
  const { certificates, ...others } = options;
  if (certificates) return revokeCertificates(session, [], { ...others, token: id });
  if (others.reason !== undefined || others.comment !== undefined)
    throw new CommandError(
      'usage',
      '--reason and --comment go with --certificates: they are recorded with certificates.',
    );
  await session.api.call(pathOf`/tokens/${id}`, { method: 'DELETE' });
  session.show(
    { id, state: 'REVOKED' },
    () => `Token ${id} is revoked. The certificates that it made remain valid.\n`,
  );
}
