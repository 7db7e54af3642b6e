import * as z from 'zod/mini';
import { parseSerialNumber } from '../../domain/serial-number.ts';
import { text } from '../schema.ts';
import { SERIAL_NUMBER } from './formats.ts';

/** The path of routes about one certificate. */
export const certificatePath = z.strictObject({
  serial: text(parseSerialNumber, SERIAL_NUMBER).check(z.describe('36 hex digits, or decimal.')),
});
