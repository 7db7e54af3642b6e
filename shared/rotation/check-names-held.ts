import { alternativeNames, exclusiveOwner } from '../domain/exclusive-name.ts';
import type { Instant } from '../domain/instant.ts';
import { currentHolder } from '../domain/name-record.ts';
import { AppError } from '../errors/app-error.ts';
import type { RenewalView } from './ports.ts';

/**
 * Checks that the names of a certificate were not given to another key or name since: by a token that replaces holders, or
 * that claims DNS names and addresses exclusively.
 *
 * @throws AppError `name_in_use` naming all that were.
 */
export function checkNamesHeld(
  { record, successor, name, exclusive }: Pick<RenewalView, 'record' | 'successor' | 'name' | 'exclusive'>,
  now: Instant,
): void {
  const holder = currentHolder(name, record.profile, now);
  const own = [record, ...(successor ? [successor] : [])];
  if (holder !== undefined && !own.some(({ publicKeySha256 }) => publicKeySha256 === holder.publicKeySha256))
    throw inUse(`The name "${record.name}" was given to another key since this certificate was issued.`);
  const taken = exclusive.filter((one) => (exclusiveOwner(one, now) ?? record.name) !== record.name);
  if (taken.length === 0) return;
  const names = taken.map(({ alternativeName }) => alternativeName.replace(/^(dns|ip):/, '')).join(', ');
  throw inUse(
    `Of the ${alternativeNames(record).length} names of this certificate, ${names} was claimed exclusively for another name since.`,
  );
}

function inUse(words: string): AppError {
  return new AppError(
    'name_in_use',
    `${words} Enroll again, with a bootstrap token that allows the names that this host shall have.`,
  );
}
