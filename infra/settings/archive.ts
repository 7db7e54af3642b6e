import * as z from 'zod/mini';
import { about, whole } from './setting.ts';

/**
 * Entries of revocation lists stay 90 days after the expiry of their certificate, and a merge after a restore compares
 * what expired in that time; renewals, confirmations and the reservations of tokens are followed for a month.
 */
const LEAST = 100;

/** The setting `archive`. */
export const ARCHIVE = about(
  'Moves certificates that expired long ago from the table to a bucket of this deployment, where they cost a tenth; default: they stay in the table. `GET /v1/certificates/{serial}` and its history find them there, listings do not, and they can be revoked no more. Removed again: what is archived stays there, and is found. Not with `regions`.',
  z.optional(
    z.strictObject({
      afterDays: about('Days after its expiry that a certificate is moved.', whole(LEAST, 3650)),
    }),
  ),
);
