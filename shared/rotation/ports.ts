import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Replacement } from '../domain/replacement.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { Slot } from '../domain/slot.ts';

/*
 * What renewal and rotation need from the outside. Adapter: `shared/store`; fake: `test/fakes`; one contract suite for
 * each port in `test/contract`.
 *
 * Every store method throws `AppError('try_again')` where contention or throttling outlasts its bounded retries.
 */

/** The CA keys that the template declares. */
export interface SlotStore {
  /** Roots first, then issuers, in the order of the settings. Consistent. */
  readSlots(): Promise<readonly Slot[]>;
  /** Writes a slot, unless one of this id has another key. Returns what is there then. */
  writeSlot(slot: Slot): Promise<Slot>;
  /** Removes a slot that has this key; no other. */
  removeSlot(slot: Pick<Slot, 'id' | 'keyArn'>): Promise<void>;
}

/** The certificates that hosts ask about. */
export interface RenewalRecords {
  /** Consistent. */
  certificate(serialNumber: SerialNumber): Promise<CertificateRecord | undefined>;
}

/** What administrators want renewed before its time. */
export interface Replacements {
  /** All of them, oldest first; consistent. There are few. */
  replacements(): Promise<readonly Replacement[]>;
}
