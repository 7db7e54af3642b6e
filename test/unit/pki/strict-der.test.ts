import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Instant, instant, toDate } from '../../../shared/domain/instant.ts';
import { checkStrictDer } from '../../../shared/pki/der/check-strict.ts';
import * as write from '../../../shared/pki/der/write.ts';
import { instantOf } from '../../../shared/pki/parse-tbs.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

/** `depth` SEQUENCEs, each in the next, around a NULL. */
const nested = (depth: number): string => {
  let der: Uint8Array = write.NULL;
  for (let i = 0; i < depth; i++) der = write.sequence(der);
  return hex(der);
};

describe('strict DER (X.690 sections 8, 10 and 11)', () => {
  test.each([
    ['', 'an element is cut off'],
    ['30', 'a length is cut off'],
    ['3080 0000', 'an indefinite length is used'],
    ['3002 05', 'a length reaches beyond the end'],
    ['3003 0500', 'a length reaches beyond the end'],
    ['3002 0501', 'a length reaches beyond the end'],
    ['308102 0500', 'a length is not in its shortest form'],
    ['30820002 0500', 'a length is not in its shortest form'],
    ['3084 00000000', 'a length is too long'],
    ['1f8100 00', 'a tag number above 30 is used'],
    ['0500 00', '1 bytes follow the end of the structure'],
    ['3002 0000', 'an end-of-contents mark is used'],
    ['0101 01', 'a BOOLEAN is not 00 or FF'],
    ['0102 ffff', 'a BOOLEAN is not 00 or FF'],
    ['0200', 'an INTEGER is empty'],
    ['0202 007f', 'an INTEGER is not in its shortest form'],
    ['0202 ff80', 'an INTEGER is not in its shortest form'],
    ['0300', 'a BIT STRING has a wrong count of unused bits'],
    ['0302 0800', 'a BIT STRING has a wrong count of unused bits'],
    ['0301 01', 'an empty BIT STRING has unused bits'],
    ['0302 0101', 'unused bits of a BIT STRING are not zero'],
    ['2304 03020000', 'a string is split into parts'],
    ['2402 0400', 'a string is split into parts'],
    ['1000', 'a SEQUENCE or SET is not marked as constructed'],
    ['0501 00', 'a NULL has contents'],
    ['0600', 'an OBJECT IDENTIFIER is cut off'],
    ['0602 2a80', 'an OBJECT IDENTIFIER is cut off'],
    ['0603 2a8001', 'an OBJECT IDENTIFIER is not in its shortest form'],
    ['0c01 ff', 'a UTF8String is not UTF-8'],
    ['1301 5f', 'PrintableString has characters that it must not have'],
    ['1601 80', 'IA5String has characters that it must not have'],
    ['170b 32363131323331323030 5a', 'UTCTime has characters that it must not have'],
    ['180d 3230353030313031303030305a', 'GeneralizedTime has characters that it must not have'],
    ['3106 020102 020101', 'a SET is out of order'],
    [nested(13), 'the nesting is too deep'],
  ])('%s: %s', (input, words) => {
    expect(checkStrictDer(bytes(input))).toContain(words);
  });

  test.each([
    '0500',
    '0101ff',
    '020100',
    '02020080',
    '0201ff',
    '030100',
    '03020780',
    '3106020101020102',
    '8003010203',
  ])('%s is DER', (input) => {
    expect(checkStrictDer(bytes(input))).toBeUndefined();
  });
});

describe('what we write is DER', () => {
  const leaf: fc.Arbitrary<Uint8Array> = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((octets) => write.unsignedInteger(octets)),
    fc.uint8Array({ maxLength: 300 }).map((octets) => write.octetString(octets)),
    fc.uint8Array({ maxLength: 40 }).map((octets) => write.bitString(octets)),
    fc.uniqueArray(fc.integer({ min: 0, max: 20 })).map((bits) => write.namedBits(bits)),
    fc.string({ unit: 'grapheme' }).map((text) => write.utf8String(text)),
    fc
      .array(fc.nat(2 ** 40), { maxLength: 8 })
      .map((arcs) => write.objectIdentifier(['2', '5', ...arcs].join('.'))),
    fc.integer({ min: -631_152_000, max: 253_402_300_799 }).map((at) => write.time(instant(at))),
    fc.constantFrom(write.NULL, write.TRUE),
  );

  test('whatever it is made of', () => {
    const item = fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 20 }).map((items) => write.sequence(...items)),
      leaf.map(write.setOfOne),
    );
    fc.assert(fc.property(item, (der) => checkStrictDer(der) === undefined));
  });

  test.each([
    [write.unsignedInteger(bytes('00007f')), '02017f'],
    [write.unsignedInteger(bytes('80')), '02020080'],
    [write.unsignedInteger(bytes('')), '020100'],
    [write.namedBits([0, 2]), '030205a0'],
    [write.namedBits([0, 8]), '0303078080'],
    [write.namedBits([]), '030100'],
    [write.objectIdentifier('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    [write.objectIdentifier('2.5.4.3'), '0603550403'],
    [write.contextPrimitive(2, bytes('61')), '820161'],
    [write.octetString(new Uint8Array(128)).subarray(0, 3), '048180'],
    [write.octetString(new Uint8Array(65536)).subarray(0, 5), '0483010000'],
  ])('example %#', (der, expected) => {
    expect(hex(der)).toBe(expected);
  });
});

describe('times (RFC 5280 section 4.1.2.5)', () => {
  test.each([
    ['1950-01-01T00:00:00Z', 'UTCTime', '500101000000Z'],
    ['1999-12-31T23:59:59Z', 'UTCTime', '991231235959Z'],
    ['2049-12-31T23:59:59Z', 'UTCTime', '491231235959Z'],
    ['2050-01-01T00:00:00Z', 'GeneralizedTime', '20500101000000Z'],
    ['9999-12-31T23:59:59Z', 'GeneralizedTime', '99991231235959Z'],
  ] as const)('%s is the %s %s', (iso, form, text) => {
    const at = instant(Date.parse(iso) / 1000);
    const der = write.time(at);
    expect(der[0]).toBe(form === 'UTCTime' ? 0x17 : 0x18);
    expect(Buffer.from(der.subarray(2)).toString()).toBe(text);
    expect(instantOf({ form, text })).toBe(at);
  });

  test('every second that a certificate can express is read as it was written', () => {
    const time = fc.integer({ min: -631_152_000, max: 253_402_300_799 }).map((at) => at as Instant);
    fc.assert(
      fc.property(time, (at) => {
        const form = toDate(at).getUTCFullYear() < 2050 ? 'UTCTime' : 'GeneralizedTime';
        return instantOf({ form, text: Buffer.from(write.time(at).subarray(2)).toString() }) === at;
      }),
    );
  });

  test.each([-631_152_001, 253_402_300_800])('%d is no time for a certificate', (at) => {
    expect(() => write.time(instant(at))).toThrow(RangeError);
  });
});
