import { parseSerialNumber, type SerialNumber } from '../../domain/serial-number.ts';

/** The serial number that a CMS states: 36 hex digits in ASCII; a line end may follow. Undefined for other content. */
export function serialInCms(content: Uint8Array): SerialNumber | undefined {
  return hexSerial(
    Buffer.from(content)
      .toString('latin1')
      .replace(/\r?\n$/, ''),
  );
}

/** The same of a member of a JWS. */
export function serialInJws(member: unknown): SerialNumber | undefined {
  return typeof member === 'string' ? hexSerial(member) : undefined;
}

/** One form only, in either case, so that no two readers find different numbers. */
function hexSerial(text: string): SerialNumber | undefined {
  return text.length === 36 ? parseSerialNumber(text) : undefined;
}
