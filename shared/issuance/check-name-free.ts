import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import { dnsKey, type ExclusiveName, exclusiveOwner, ipKey } from '../domain/exclusive-name.ts';
import type { Instant } from '../domain/instant.ts';
import { currentHolder, type NameRecord } from '../domain/name-record.ts';
import { type FieldError, fieldError, fieldErrors } from '../errors/app-error.ts';
import type { RequestedNames } from './check-names.ts';

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

/**
 * Checks that nobody claimed a DNS name or IP address for another name (`exclusiveDns`). A token that claims them itself
 * may take them over with `onExistingName` `replace`; one that does not would end the claim in silence, so it may not.
 *
 * @throws AppError `name_in_use` naming each that is claimed.
 */
export function checkAlternativeNamesFree(
  claimed: readonly ExclusiveName[],
  { name, dnsNames, ipAddresses }: RequestedNames,
  { exclusiveDns, onExistingName }: Pick<BootstrapToken, 'exclusiveDns' | 'onExistingName'>,
  now: Instant,
): void {
  if (exclusiveDns && onExistingName === 'replace') return;
  const owners = new Map(claimed.map((one) => [one.alternativeName, exclusiveOwner(one, now)]));
  const isForeign = (owner: string | undefined) => owner !== undefined && owner !== name;
  const refused = (pointer: string, what: string): FieldError => ({
    pointer,
    detail: `The ${what} is in use: a certificate with another name claimed it exclusively, until it expires. Leave it out, enroll under the name that holds it, or ask for a token with exclusiveDns true and onExistingName "replace".`,
  });
  const errors = [
    ...dnsNames.flatMap((dnsName, i) =>
      isForeign(owners.get(dnsKey(dnsName))) ? refused(`#/dnsNames/${i}`, `DNS name "${dnsName}"`) : [],
    ),
    ...ipAddresses.flatMap((address, i) =>
      isForeign(owners.get(ipKey(address))) ? refused(`#/ipAddresses/${i}`, `IP address ${address}`) : [],
    ),
  ];
  if (errors.length > 0) throw fieldErrors('name_in_use', errors);
}
