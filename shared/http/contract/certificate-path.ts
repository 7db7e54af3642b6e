import * as z from 'zod/mini';
import { parseSerialNumber, SERIAL_NUMBER_FORM, type SerialNumber } from '../../domain/serial-number.ts';
import { AppError } from '../../errors/app-error.ts';
import { text } from '../schema.ts';
import { SERIAL_NUMBER } from './formats.ts';

/** A serial number of a request. @throws AppError `not_found` for a decimal number out of range: no certificate has it. */
export const serialNumber = text(readSerialNumber, SERIAL_NUMBER);

/** The path of routes about one certificate. */
export const certificatePath = z.strictObject({
  serial: serialNumber.check(z.describe('36 hex digits, with or without colons, or decimal.')),
});

export function noSuchCertificate(): AppError {
  return new AppError('not_found', 'No certificate has this serial number. GET /v1/certificates lists them.');
}

function readSerialNumber(text: string): SerialNumber | undefined {
  const serial = parseSerialNumber(text);
  if (serial === undefined && SERIAL_NUMBER_FORM.test(text)) throw noSuchCertificate();
  return serial;
}
