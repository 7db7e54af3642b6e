import { currentHolder } from '../../shared/domain/name-record.ts';
import type { ExpiryLedger } from '../../shared/rotation/ports.ts';
import type { Tables } from './tables.ts';

/** What was reported of expiring certificates, in memory. */
export function fakeExpiry({ names, expiry }: Tables): ExpiryLedger {
  return {
    readForReport: async (certificates, now) =>
      certificates.map(({ serialNumber, profile, name }) => {
        const record = names.get(name);
        return {
          holder: record && currentHolder(record, profile, now)?.serialNumber,
          reportedDays: expiry.get(serialNumber),
        };
      }),

    noteReported: async ({ serialNumber }, days) => {
      expiry.set(serialNumber, Math.min(days, expiry.get(serialNumber) ?? days));
    },
  };
}
