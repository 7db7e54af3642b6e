import { releaseExclusively } from '../domain/exclusive-name.ts';
import { type Clock, isOver, plus } from '../domain/instant.ts';
import { releaseName } from '../domain/name-record.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { IssuanceStore, OpenReservation } from './ports.ts';

/** How old a reservation must be to be given up: many times longer than a function's timeout with all retries. */
const GIVE_UP_AFTER_SECONDS = 300;

/** Read at once from each part of the index, and given up at the same time. */
const PAGE = 200;
const CONCURRENCY = 8;

/** A run begins nothing more when less time is left: three calls of the store, with all their retries, take less. */
const LAST_START_MILLISECONDS = 20_000;

export interface SweepDependencies {
  readonly store: Pick<
    IssuanceStore,
    'openReservations' | 'certificate' | 'name' | 'exclusiveNames' | 'voidReservation'
  >;
  readonly clock: Clock;
  /** How long this run may still take. */
  readonly remainingMilliseconds: () => number;
}

export interface SweepResult {
  /** Reservations that became VOID. */
  readonly voided: readonly SerialNumber[];
  /** Those that were finished, taken up again or changed meanwhile: looked at again by the next run. */
  readonly left: number;
  /** Those that could not be given up, and why. */
  readonly failed: readonly { readonly serialNumber: SerialNumber; readonly error: unknown }[];
  /** How long the oldest that this run had no time for is due; 0 where it saw all. */
  readonly behindSeconds: number;
}

/**
 * Gives up what was reserved and never finished: the record becomes VOID and counts as revoked, the token gets its use
 * back, reservation and names are free again. Works until all are seen or its time is used. Never signs. Two runs at once
 * do no harm, since each step is conditional. One that fails does not keep the others open.
 *
 * @example
 * const { behindSeconds } = await sweepReservations({ store, clock, remainingMilliseconds: () => 60_000 });
 */
export async function sweepReservations(deps: SweepDependencies): Promise<SweepResult> {
  const before = plus(deps.clock(), -GIVE_UP_AFTER_SECONDS);
  const voided: SerialNumber[] = [];
  const failed: { readonly serialNumber: SerialNumber; readonly error: unknown }[] = [];
  let left = 0;
  const tryOne = async ({ serialNumber }: OpenReservation) => {
    try {
      if (await giveUp(deps, serialNumber)) voided.push(serialNumber);
      else left++;
    } catch (error) {
      failed.push({ serialNumber, error });
    }
  };
  for await (const chunk of dueReservations(deps, before)) {
    const [oldest] = chunk;
    if (oldest && deps.remainingMilliseconds() < LAST_START_MILLISECONDS)
      return { voided, left, failed, behindSeconds: before - oldest.reservedAt };
    await Promise.all(chunk.map(tryOne));
  }
  return { voided, left, failed, behindSeconds: 0 };
}

/** All that are open since before `before`, as many at once as are given up at the same time. */
async function* dueReservations(
  { store }: SweepDependencies,
  before: OpenReservation['reservedAt'],
): AsyncGenerator<readonly OpenReservation[]> {
  let cursor: string | undefined;
  do {
    const page = await store.openReservations({ before, limit: PAGE, cursor });
    for (let i = 0; i < page.items.length; i += CONCURRENCY) yield page.items.slice(i, i + CONCURRENCY);
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function giveUp({ store, clock }: SweepDependencies, serialNumber: SerialNumber): Promise<boolean> {
  const record = await store.certificate(serialNumber);
  if (record?.state !== 'RESERVED' || !isOver(record.lease.until, clock())) return false;
  const name = await store.name(record.name);
  const claimed = name.holders.some((holder) => holder.serialNumber === serialNumber);
  const released = claimed ? releaseName(name, serialNumber) : undefined;
  const exclusive = record.exclusiveDns ? await store.exclusiveNames(record) : [];
  const freed = exclusive.flatMap((one) => releaseExclusively(one, serialNumber) ?? []);
  return (await store.voidReservation(record, released, freed, clock())) === 'voided';
}
