import * as z from 'zod/mini';
import { parseSerialNumber } from '../../shared/domain/serial-number.ts';
import { SERIAL_RULE } from '../../shared/http/contract/words.ts';
import { text } from '../../shared/http/schema.ts';

/** The path of `GET /v1/certificates/{serial}`. */
export const certificatePath = z.strictObject({
  serial: text(parseSerialNumber, SERIAL_RULE).check(z.describe('36 hex digits, or decimal.')),
});
