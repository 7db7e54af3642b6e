/**
 * A certificate's serial number: 18 octets as 36 lower-case hex digits. The first octet is 0x01 to 0x7f, so that the
 * DER integer is positive and always 18 octets long (RFC 5280 section 4.1.2.2 allows 20); 136 random bits follow.
 */
export type SerialNumber = string & { readonly __brand: 'SerialNumber' };

/** Gives `length` random octets from a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array;

const HEX = /^(0[1-9a-f]|[1-7][0-9a-f])[0-9a-f]{34}$/;

/** 18 octets with a colon between each two. */
const COLONS = /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){17}$/;

const DECIMAL = /^[1-9][0-9]{40,43}$/;

/** What {@link parseSerialNumber} takes, but for decimal numbers that are out of range. */
export const SERIAL_NUMBER_FORM =
  /^(0[1-9A-Fa-f]|[1-7][0-9A-Fa-f])([0-9A-Fa-f]{34}|(:[0-9A-Fa-f]{2}){17})$|^[1-9][0-9]{40,43}$/;

/** The same in words. */
export const SERIAL_NUMBER_RULE =
  'a serial number from this service: 36 hex digits, with or without colons between octets, or the same in decimal, as Fleet Server logs it';

/** Draws a new serial number: 18 random octets, the first mapped into 0x01 to 0x7f. */
export function newSerialNumber(random: RandomBytes): SerialNumber {
  const octets = random(18);
  octets[0] = ((octets[0] ?? 0) % 0x7f) + 1;
  return Buffer.from(octets).toString('hex') as SerialNumber;
}

/**
 * Reads 36 hex digits in either case, with colons between all octets (as OpenSSL writes them) or none, or the decimal
 * form that Fleet Server logs. Undefined for anything else.
 */
export function parseSerialNumber(text: string): SerialNumber | undefined {
  const octets = COLONS.test(text) ? text.replaceAll(':', '') : text;
  const lower = octets.toLowerCase();
  if (HEX.test(lower)) return lower as SerialNumber;
  if (!DECIMAL.test(text)) return undefined;
  const hex = BigInt(text).toString(16).padStart(36, '0');
  return HEX.test(hex) ? (hex as SerialNumber) : undefined;
}

/** The decimal form, as in `tls.client.x509.serial_number` of Fleet Server's log. */
export function toDecimal(serial: SerialNumber): string {
  return BigInt(`0x${serial}`).toString();
}
