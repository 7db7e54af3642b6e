import type { Clock } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { checkNotRevoked } from './check-may-renew.ts';
import type { RenewalRecords, Replacements } from './ports.ts';
import { askAgainSeconds, type RenewalWindow, renewalWindow } from './renewal-window.ts';

export interface ReadRenewalDependencies {
  readonly store: RenewalRecords & Replacements & Pick<AuthorityStore, 'readAuthority'>;
  readonly clock: Clock;
}

/** What a host is told about the renewal of its certificate. */
export interface RenewalInformation {
  readonly serialNumber: SerialNumber;
  readonly window: RenewalWindow;
  /** After how many seconds to ask again. */
  readonly retryAfterSeconds: number;
}

/**
 * When a certificate should be renewed. Nothing is kept in memory: what an administrator decides shows in the next answer.
 *
 * @returns undefined where no certificate has this serial number, or none yet.
 * @throws AppError `certificate_revoked`.
 */
export async function readRenewal(
  { store, clock }: ReadRenewalDependencies,
  serialNumber: SerialNumber,
): Promise<RenewalInformation | undefined> {
  const [record, { issuers }, replacements] = await Promise.all([
    store.certificate(serialNumber),
    store.readAuthority(),
    store.replacements(),
  ]);
  if (record === undefined || record.state === 'RESERVED') return undefined;
  checkNotRevoked(record);
  const issuer = issuers.find(({ id }) => id === record.issuerId);
  const window = renewalWindow(record, { issuer, replacements });
  return { serialNumber, window, retryAfterSeconds: askAgainSeconds(window, record.validity, clock()) };
}
