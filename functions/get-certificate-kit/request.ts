import * as z from 'zod/mini';
import { kitFormat } from '../../shared/delivery/represent-kit.ts';
import { DEPLOYMENT_SENDERS } from '../../shared/domain/certificate-record.ts';

/** The query of `GET /v1/certificates/{serial}/kit`. */
export const certificateKitQuery = z.strictObject({
  deployment: z
    ._default(z.enum(DEPLOYMENT_SENDERS), 'administrator')
    .check(
      z.describe(
        'Whose deployment to use: the last that an administrator sent with POST /v1/kits, or the last that the host sent with its enrollment. The host chose its addresses, paths and images: read its kit before you use it.',
      ),
    ),
  format: z.optional(kitFormat),
});
