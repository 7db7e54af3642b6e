import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import type { Instant } from '../domain/instant.ts';
import { currentHolder, type NameRecord } from '../domain/name-record.ts';
import { fieldError } from '../errors/app-error.ts';

/**
 * Checks that a name may go to this key: it is not blocked, and no other key holds it in the token's profile, unless the
 * token replaces holders.
 *
 * @throws AppError `name_blocked`, `name_in_use`.
 */
export function checkNameFree(
  record: NameRecord,
  { profile, onExistingName }: Pick<BootstrapToken, 'profile' | 'onExistingName'>,
  publicKeySha256: string,
  now: Instant,
): void {
  const { name } = record;
  if (record.blocked.includes(profile))
    throw fieldError(
      'name_blocked',
      '#/name',
      `The name "${name}" is blocked for profile "${profile}". Ask an administrator to unblock it, or use another name.`,
    );
  const holder = currentHolder(record, profile, now);
  if (holder === undefined || holder.publicKeySha256 === publicKeySha256 || onExistingName === 'replace')
    return;
  const detail = `The name "${name}" is in use by another key of profile "${profile}". Enroll under another name, use the key that holds it, or ask for a token with onExistingName "replace".`;
  throw fieldError('name_in_use', '#/name', detail);
}
