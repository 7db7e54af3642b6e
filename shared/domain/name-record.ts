import type { CommonName } from './common-name.ts';
import { type Instant, isOver } from './instant.ts';
import type { ProfileName } from './profile.ts';
import type { SerialNumber } from './serial-number.ts';

/** A certificate that holds a name, or is about to. */
export interface NameHolder {
  readonly profile: ProfileName;
  readonly serialNumber: SerialNumber;
  readonly publicKeySha256: string;
  readonly notAfter: Instant;
}

/**
 * Who holds a name, over all profiles. Written only if `version` is still the one that was read, so that the rules
 * below can be decided on a copy. Holders are in order of claim: the last one of a profile holds the name now, the
 * earlier ones are kept until they expire, the last {@link HOLDERS_KEPT} of each profile, to be restored when a later
 * claim is given up.
 */
export interface NameRecord {
  readonly name: CommonName;
  /** 0 for a name that was never claimed; each write adds 1. */
  readonly version: number;
  readonly holders: readonly NameHolder[];
  /** Profiles in which the name is refused. */
  readonly blocked: readonly ProfileName[];
}

/**
 * How many holders of one profile are remembered. Only those that may be restored matter: each claim that is not
 * finished yet hides one. Without an end, a name that is replaced day by day would outgrow its item (DynamoDB: 400 KB).
 */
export const HOLDERS_KEPT = 20;

/** The certificate that holds the name in `profile` at `now`; undefined where it is free. */
export function currentHolder(
  record: NameRecord,
  profile: ProfileName,
  now: Instant,
): NameHolder | undefined {
  return record.holders.findLast((holder) => holder.profile === profile && !isOver(holder.notAfter, now));
}

/** The record after `holder` claimed the name; what expired before `now` is forgotten. */
export function claimName(record: NameRecord, holder: NameHolder, now: Instant): NameRecord {
  const live = record.holders.filter(
    (h) => !isOver(h.notAfter, now) && h.serialNumber !== holder.serialNumber,
  );
  const surplus = live.filter(({ profile }) => profile === holder.profile).slice(0, 1 - HOLDERS_KEPT);
  const holders = [...live.filter((h) => !surplus.includes(h)), holder];
  return { ...record, version: record.version + 1, holders };
}

/** The record after the claim of `serialNumber` was given up: an earlier live holder, if any, holds it again. */
export function releaseName(record: NameRecord, serialNumber: SerialNumber): NameRecord {
  const holders = record.holders.filter((holder) => holder.serialNumber !== serialNumber);
  return { ...record, version: record.version + 1, holders };
}
