import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
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

  test('are read with colons between all octets, as OpenSSL writes them', () => {
    const serial = newSerialNumber((length) => new Uint8Array(length).fill(0xab));
    const colons = serial.replaceAll(/..(?!$)/g, '$&:');
    expect(colons).toHaveLength(53);
    expect(parseSerialNumber(colons)).toBe(serial);
    expect(parseSerialNumber(colons.toUpperCase())).toBe(serial);
  });

  test('are read back from hexadecimal and from decimal, and are positive 18-octet integers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 18, maxLength: 18 }), (octets) => {
        const serial = newSerialNumber(() => Uint8Array.from(octets));
        expect(serial.slice(2)).toBe(Buffer.from(octets).toString('hex').slice(2));
        expect(BigInt(`0x${serial}`)).toBeGreaterThanOrEqual(1n << 136n);
        expect(BigInt(`0x${serial}`)).toBeLessThan(1n << 143n);
        expect(parseSerialNumber(toDecimal(serial))).toBe(serial);
        expect(parseSerialNumber(serial.toUpperCase())).toBe(serial);
      }),
    );
  });

  test.each([
    '',
    '00',
    '8'.repeat(36),
    '0'.repeat(36),
    'g'.repeat(36),
    '1'.repeat(35),
    '-5',
    (1n << 136n).toString().slice(1),
    ((1n << 136n) - 1n).toString(),
    (1n << 143n).toString(),
    `${'1'.repeat(36)}\n`,
    `0x${'1'.repeat(36)}`,
    `11:${'1'.repeat(34)}`,
    `${'11:'.repeat(18)}`,
    `:${'11:'.repeat(17)}11`,
    `1:1${'1:1'.repeat(17)}`,
    `${'11:'.repeat(16)}11`,
    `${'11:'.repeat(18)}11`,
    `${'11-'.repeat(17)}11`,
    `80:${'11:'.repeat(16)}11`,
  ])('refuse %j', (text) => {
    expect(parseSerialNumber(text)).toBeUndefined();
  });
});
