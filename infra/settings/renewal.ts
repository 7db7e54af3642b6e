import * as z from 'zod/mini';
import { about, whole } from './setting.ts';

const DEFAULTS = { graceDays: 3 };

/** The setting `renewal`. */
export const RENEWAL = about(
  'Renewal of certificates.',
  z._default(
    z.strictObject({
      graceDays: about(
        'Days after its expiry that a certificate can still be renewed, for hosts that were switched off.',
        z._default(whole(0, 30), DEFAULTS.graceDays),
      ),
    }),
    DEFAULTS,
  ),
);
