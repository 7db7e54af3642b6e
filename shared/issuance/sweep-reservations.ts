import { releaseExclusively } from '../domain/exclusive-name.ts';
import { type Clock, isOver, plus } from '../domain/instant.ts';
import { releaseName } from '../domain/name-record.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { IssuanceStore } from './ports.ts';

/** How old a reservation must be to be given up: many times longer than a function's timeout with all retries. Seconds. */
const GIVE_UP_AFTER = 300;

/** At most this many in one run; the next run goes on. */
const BATCH = 500;
const CONCURRENCY = 8;

export interface SweepResult {
  /** Reservations that became VOID. */
  readonly voided: readonly SerialNumber[];
  /** Those that were finished, taken up again or changed meanwhile: looked at again by the next run. */
  readonly left: number;
  /** Those that could not be given up, and why. */
  readonly failed: readonly { readonly serialNumber: SerialNumber; readonly error: unknown }[];
  /** Whether there were more than one run takes. */
  readonly more: boolean;
}

/**
 * Gives up what was reserved and never finished: the record becomes VOID and counts as revoked, the token gets its use
 * back, reservation and name are free again. Never signs. Two runs at once do no harm, since each step is conditional.
 * One that fails does not keep the others open: the oldest come first, so it would do so in every run.
 */
export async function sweepReservations(deps: {
  readonly store: IssuanceStore;
  readonly clock: Clock;
}): Promise<SweepResult> {
  const open = await deps.store.openReservations(plus(deps.clock(), -GIVE_UP_AFTER), BATCH);
  const voided: SerialNumber[] = [];
  const failed: { readonly serialNumber: SerialNumber; readonly error: unknown }[] = [];
  const tryOne = async (serialNumber: SerialNumber) => {
    try {
      if (await giveUp(deps, serialNumber)) voided.push(serialNumber);
    } catch (error) {
      failed.push({ serialNumber, error });
    }
  };
  for (let i = 0; i < open.length; i += CONCURRENCY)
    await Promise.all(open.slice(i, i + CONCURRENCY).map(tryOne));
  const left = open.length - voided.length - failed.length;
  return { voided, left, failed, more: open.length === BATCH };
}

async function giveUp(
  { store, clock }: { readonly store: IssuanceStore; readonly clock: Clock },
  serialNumber: SerialNumber,
): Promise<boolean> {
  const record = await store.certificate(serialNumber);
  if (record?.state !== 'RESERVED' || !isOver(record.lease.until, clock())) return false;
  const name = await store.name(record.name);
  const claimed = name.holders.some((holder) => holder.serialNumber === serialNumber);
  const released = claimed ? releaseName(name, serialNumber) : undefined;
  const exclusive = record.exclusiveDns ? await store.exclusiveNames(record) : [];
  const freed = exclusive.flatMap((one) => releaseExclusively(one, serialNumber) ?? []);
  return (await store.voidReservation(record, released, freed, clock())) === 'voided';
}
