import { parseSerialNumber, type SerialNumber } from '../../domain/serial-number.ts';
import { contextTag, itemsOf, readSequence, TAG } from '../der/expect.ts';
import { contentsOf } from '../der/read.ts';

/**
 * The serial number in a certificate (RFC 5280 section 4.1.2.2); undefined where it is not a certificate, or not one with
 * a serial number of this service. Nothing else is read: whether it is the recorded certificate, its octets decide.
 */
export function serialNumberIn(certificate: Uint8Array): SerialNumber | undefined {
  try {
    const [tbs] = itemsOf(readSequence(certificate), TAG.sequence);
    const [version, second] = itemsOf(tbs, TAG.sequence);
    const serial = version?.tag === contextTag(0) ? second : version;
    if (serial?.tag !== TAG.integer) return undefined;
    return parseSerialNumber(Buffer.from(contentsOf(serial)).toString('hex'));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
