import { type Instant, isOver } from './instant.ts';
import type { SerialNumber } from './serial-number.ts';

/** A certificate that holds something until it expires. */
export interface Holder {
  readonly serialNumber: SerialNumber;
  readonly notAfter: Instant;
}

/**
 * How many holders that exclude each other are remembered: those that end last, since certificates that end soon must not
 * crowd out one that lives on. Without a limit, what is replaced day by day would outgrow its item (DynamoDB: 400 KB).
 */
export const HOLDERS_KEPT = 20;

/**
 * Holders, in order of claim, with one more; those that have expired by `now` are forgotten.
 *
 * @param excludes whether another holder can't hold it beside the new one: the {@link HOLDERS_KEPT} of these that end
 * last stay, of those that end together the last to claim.
 */
export function addHolder<One extends Holder>(
  holders: readonly One[],
  holder: One,
  now: Instant,
  excludes: (other: One) => boolean,
): readonly One[] {
  const live = removeHolder(holders, holder.serialNumber).filter((one) => !isOver(one.notAfter, now));
  const latestFirst = live.filter(excludes).toReversed();
  const surplus = latestFirst.toSorted((a, b) => b.notAfter - a.notAfter).slice(HOLDERS_KEPT - 1);
  return [...live.filter((one) => !surplus.includes(one)), holder];
}

/** Holders without the one whose claim was given up: an earlier live one, if any, holds it again. */
export function removeHolder<One extends Holder>(
  holders: readonly One[],
  serialNumber: SerialNumber,
): readonly One[] {
  return holders.filter((one) => one.serialNumber !== serialNumber);
}

/** The holder at `now`, the last that is live; undefined where there is none. */
export function lastHolder<One extends Holder>(
  holders: readonly One[],
  now: Instant,
  counts: (one: One) => boolean = () => true,
): One | undefined {
  return holders.findLast((one) => counts(one) && !isOver(one.notAfter, now));
}
