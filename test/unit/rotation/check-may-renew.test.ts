import { describe, expect, test } from '@jest/globals';
import { CERTIFICATE_STATES, type CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { checkMayRenew, type Standing } from '../../../shared/rotation/check-may-renew.ts';
import { commonName, NOW, sampleRecord } from '../../support/records.ts';

const GRACE = 3 * DAY;
const FREE: Standing = { name: { blocked: [] }, keyBlocked: false };
const RECORD = sampleRecord({ state: 'ISSUED', name: commonName('web-01') });
const { serialNumber } = RECORD;

/** The code and words of the refusal; undefined where the renewal is allowed. */
function refusal(
  changes: Partial<CertificateRecord> = {},
  view: Partial<Standing> = {},
  now = NOW,
): readonly [string, string] | undefined {
  try {
    checkMayRenew({ ...RECORD, ...changes }, { ...FREE, ...view }, now, GRACE);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.message];
    throw error;
  }
}

const AGAIN = 'Make a new key, and enroll again with a new bootstrap token.';

describe('a renewal', () => {
  test('is allowed to an issued certificate', () => {
    expect(refusal()).toBeUndefined();
  });

  test.each(CERTIFICATE_STATES.filter((state) => state !== 'ISSUED').map((state) => ({ state })))(
    'is refused to a certificate that is $state',
    ({ state }) => {
      expect(refusal({ state })).toEqual([
        'certificate_revoked',
        `This certificate was revoked (serial number ${serialNumber}). ${AGAIN}`,
      ]);
    },
  );

  test('is refused to a blocked key, though its certificate was not revoked', () => {
    expect(refusal({}, { keyBlocked: true })).toEqual([
      'key_refused',
      `The key of this certificate was reported as compromised (serial number ${serialNumber}). ${AGAIN}`,
    ]);
  });

  test('is refused to a blocked name, in its own profile', () => {
    expect(refusal({}, { name: { blocked: ['proxy', 'agent'] } })).toEqual([
      'name_blocked',
      'The name "web-01" is blocked for profile "agent". Ask an administrator to unblock it.',
    ]);
    expect(refusal({}, { name: { blocked: ['proxy'] } })).toBeUndefined();
  });

  const { notAfter } = RECORD.validity;
  test.each([
    { name: 'in its last second', now: notAfter, allowed: true },
    { name: 'expired, in the last second of the grace', now: plus(notAfter, GRACE), allowed: true },
    { name: 'a second later', now: plus(notAfter, GRACE + 1), allowed: false },
  ])('of a certificate that is $name: allowed $allowed', ({ now, allowed }) => {
    expect(refusal({}, {}, now)).toEqual(
      allowed
        ? undefined
        : [
            'certificate_expired',
            `This certificate could be renewed until 2026-12-26T06:00:00Z (serial number ${serialNumber}). ${AGAIN}`,
          ],
    );
  });

  test('of a revoked certificate says that it is revoked, whatever else is wrong', () => {
    const view = { keyBlocked: true, name: { blocked: ['agent' as const] } };
    expect(refusal({ state: 'REVOKED' }, view, plus(notAfter, 2 * GRACE))?.[0]).toBe('certificate_revoked');
  });
});
