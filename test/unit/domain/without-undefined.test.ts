import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutUndefined } from '../../../shared/domain/without-undefined.ts';

interface Page {
  readonly limit: number;
  readonly cursor?: string;
}

describe('an object without undefined', () => {
  test('loses these properties and keeps the others, null and empty ones too', () => {
    const shape = { zero: 0, empty: '', no: false, nothing: null, absent: undefined };
    const left = withoutUndefined(shape);
    expect(Object.entries(left)).toEqual([
      ['zero', 0],
      ['empty', ''],
      ['no', false],
      ['nothing', null],
    ]);
    expect(shape).toHaveProperty('absent');
  });

  test('has optional properties where they could be undefined', () => {
    const cursor = [undefined][0] as string | undefined;
    const page: Page = withoutUndefined({ limit: 50, cursor });
    expect(page).toStrictEqual({ limit: 50 });
  });

  test('keeps nested objects, and their undefined properties', () => {
    const inner = { absent: undefined };
    expect(withoutUndefined({ inner }).inner).toBe(inner);
  });

  test('is in the same order, with any names and values', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.option(fc.anything(), { nil: undefined })), (shape) => {
        const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
        expect(Object.entries(withoutUndefined(shape))).toEqual(entries);
      }),
    );
  });
});
