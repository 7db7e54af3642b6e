import type { SerialNumber } from '../domain/serial-number.ts';
import { type FieldError, fieldErrors } from '../errors/app-error.ts';
import type { RevocationRequest } from './revoke-certificate.ts';
import { type RevokedInTime, type RevokeManyDependencies, revokeInTime } from './revoke-in-time.ts';

/**
 * Revokes up to 100 certificates, none where one of them is not recorded.
 *
 * @throws AppError `not_found` naming each that is not recorded.
 */
export async function revokeMany(
  deps: RevokeManyDependencies,
  serialNumbers: readonly SerialNumber[],
  request: RevocationRequest,
): Promise<RevokedInTime> {
  const records = await deps.ledger.certificates(serialNumbers);
  const found = new Set(records.map(({ serialNumber }) => serialNumber));
  const missing = serialNumbers.flatMap((serialNumber, index): FieldError[] =>
    found.has(serialNumber)
      ? []
      : [
          {
            pointer: `#/serialNumbers/${index}`,
            detail: `No certificate has the serial number ${serialNumber}; nothing was revoked. Leave it out, or correct it.`,
          },
        ],
  );
  if (missing.length > 0) throw fieldErrors('not_found', missing);
  return revokeInTime(deps, records, request);
}
