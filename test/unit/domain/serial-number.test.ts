import { describe, expect, test } from '@jest/globals';
import { newSerialNumber, parseSerialNumber, toDecimal } from '../../../shared/domain/serial-number.ts';

describe('serial numbers', () => {
  test('are 18 octets whose first is 0x01 to 0x7f, whatever the random octets are', () => {
    for (let first = 0; first < 256; first++) {
      const serial = newSerialNumber((length) => new Uint8Array(length).fill(first));
      expect(serial).toHaveLength(36);
      expect(parseSerialNumber(serial)).toBe(serial);
    }
  });

  test('are read in hexadecimal of either case and in decimal', () => {
    const serial = newSerialNumber((length) => new Uint8Array(length).fill(0xab));
    expect(parseSerialNumber(serial.toUpperCase())).toBe(serial);
    expect(parseSerialNumber(toDecimal(serial))).toBe(serial);
  });

  test.each(['', '00', '8'.repeat(36), '0'.repeat(36), 'g'.repeat(36), '1'.repeat(35), '-5'])(
    'refuse %j',
    (text) => {
      expect(parseSerialNumber(text)).toBeUndefined();
    },
  );
});
