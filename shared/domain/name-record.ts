import type { CommonName } from './common-name.ts';
import { addHolder, type Holder, lastHolder, removeHolder } from './holders.ts';
import type { Instant } from './instant.ts';
import type { ProfileName } from './profile.ts';
import type { SerialNumber } from './serial-number.ts';

/** A certificate that holds a name, or is about to. */
export interface NameHolder extends Holder {
  readonly profile: ProfileName;
  readonly publicKeySha256: string;
}

/**
 * Who holds a name, over all profiles. Written only if `version` is still the one that was read, so that the rules
 * below can be decided on a copy. Holders are in order of claim: the last one of a profile holds the name now, the
 * earlier ones are kept until they expire, so many of each profile as `HOLDERS_KEPT` says, to be restored when a later claim
 * is given up.
 */
export interface NameRecord {
  readonly name: CommonName;
  /** 0 for a name that was never claimed; each write adds 1. */
  readonly version: number;
  readonly holders: readonly NameHolder[];
  /** Profiles in which the name is refused. */
  readonly blocked: readonly ProfileName[];
}

/** The certificate that holds the name in `profile` at `now`; undefined where it is free. */
export function currentHolder(
  { holders }: NameRecord,
  profile: ProfileName,
  now: Instant,
): NameHolder | undefined {
  return lastHolder(holders, now, (holder) => holder.profile === profile);
}

/** The record after `holder` claimed the name; what expired before `now` is forgotten. */
export function claimName(record: NameRecord, holder: NameHolder, now: Instant): NameRecord {
  const holders = addHolder(record.holders, holder, now, ({ profile }) => profile === holder.profile);
  return { ...record, version: record.version + 1, holders };
}

/** The record after the claim of `serialNumber` was given up: an earlier live holder, if any, holds it again. */
export function releaseName(record: NameRecord, serialNumber: SerialNumber): NameRecord {
  const holders = removeHolder(record.holders, serialNumber);
  return { ...record, version: record.version + 1, holders };
}

/** The record after the name was blocked in `profile`; its holders stay until they are revoked. */
export function blockName(record: NameRecord, profile: ProfileName): NameRecord {
  const blocked = [...new Set([...record.blocked, profile])];
  return { ...record, version: record.version + 1, blocked };
}

/** The record after the name was unblocked in `profile`. */
export function unblockName(record: NameRecord, profile: ProfileName): NameRecord {
  const blocked = record.blocked.filter((one) => one !== profile);
  return { ...record, version: record.version + 1, blocked };
}
