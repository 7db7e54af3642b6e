import * as z from 'zod/mini';
import { parseSerialNumber } from '../../shared/domain/serial-number.ts';
import { text } from '../../shared/http/schema.ts';

const SERIAL_RULE =
  'a serial number of this service: 36 hex digits, or the same in decimal as Fleet Server logs it';

/** The path of `GET /v1/certificates/{serial}`. */
export const certificatePath = z.strictObject({
  serial: text(parseSerialNumber, SERIAL_RULE).check(z.describe('36 hex digits, or decimal.')),
});
