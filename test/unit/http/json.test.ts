import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../../shared/errors/app-error.ts';
import { parseJson } from '../../../shared/http/json.ts';
import { placeOf, pointerOf } from '../../../shared/http/pointer.ts';

/** A name that JSON writes without escapes. */
const isPlain = (name: string) => name !== '__proto__' && JSON.stringify(name) === `"${name}"`;

const hasPlainNames = (json: unknown): boolean =>
  typeof json !== 'object' ||
  json === null ||
  Object.entries(json).every(([name, child]) => isPlain(name) && hasPlainNames(child));

/** JSON values whose nesting and names are allowed. */
const value = fc.jsonValue({ maxDepth: 6 }).filter(hasPlainNames);

function refusal(text: string): AppError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('the place of a field', () => {
  test('shows names of callers written out and cut, and the pointer stays a URI fragment', () => {
    const path = ['deployment', '\u202egpj.exe', 'n'.repeat(70)];
    expect(placeOf(path)).toBe(`deployment.\\u{202e}gpj.exe.${'n'.repeat(64)}...`);
    expect(pointerOf(path)).toBe(`#/deployment/%E2%80%AEgpj.exe/${'n'.repeat(64)}...`);
  });

  test('is short for the deepest body of the longest names', () => {
    const path = Array.from({ length: 32 }, () => '\u{1f512}'.repeat(2000));
    expect(placeOf(path).length).toBeLessThan(2000);
    expect(pointerOf(path).length).toBeLessThan(8000);
    expect(decodeURIComponent(pointerOf(path)).isWellFormed()).toBe(true);
  });

  test('with a name that cannot be shown gets into a refusal written out', () => {
    const { errors } = refusal('{"a\u202e":1,"a\u202e":2}');
    expect(errors[0]?.pointer).toBe('#/a%E2%80%AE');
  });
});

describe('parseJson', () => {
  test('reads what JSON.parse reads, however it is spaced', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\t'), (json, space) => {
        const text = JSON.stringify(json, null, space);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('refuses a name given twice wherever it stands', () => {
    fc.assert(
      fc.property(value, value, fc.string().filter(isPlain), (before, after, name) => {
        const twice = `{${JSON.stringify(name)}:${JSON.stringify(before)},"":0,${JSON.stringify(name)}:1}`;
        const text = `[${JSON.stringify(before)},{"x":${twice}},${JSON.stringify(after)}]`;
        expect(refusal(text)).toMatchObject({
          code: 'malformed_request',
          errors: [{ pointer: pointerOf([1, 'x', name]) }],
        });
      }),
    );
  });

  test.each(['{"a":1,"\\u0078":2}', '{"\\"":1}', '[{"x":{"c\\u0073r":"y"}}]'])(
    'refuses a name with an escape: %s',
    (text) => {
      expect(refusal(text)).toMatchObject({
        code: 'malformed_request',
        message: 'The name of a field contains a backslash. Write names without escapes; no field needs one.',
      });
    },
  );

  test('takes escapes in values', () => {
    expect(parseJson('{"csr":"a\\nb","name":"\\u0078"}')).toEqual({ csr: 'a\nb', name: 'x' });
  });

  test('never throws anything but a refusal, and never repeats what it read', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: 'grapheme-ascii' }), (text) => {
        try {
          parseJson(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).message).not.toContain(text);
          expect((error as AppError).cause).toBeUndefined();
        }
      }),
    );
  });

  test.each([
    { depth: 32, accepted: true },
    { depth: 33, accepted: false },
  ])('takes $depth levels: $accepted', ({ depth, accepted }) => {
    const text = '['.repeat(depth) + ']'.repeat(depth);
    if (accepted) expect(parseJson(text)).toEqual(JSON.parse(text));
    else expect(refusal(text).message).toBe('The body is nested deeper than 32 levels. Send a flatter one.');
  });
});

describe('a place in a request', () => {
  test.each([
    { path: [], pointer: '#', place: '' },
    { path: ['names', 'dns', 0], pointer: '#/names/dns/0', place: 'names.dns[0]' },
    { path: ['a/b', 'c~d', 'e f'], pointer: '#/a~1b/c~0d/e%20f', place: 'a/b.c~d.e f' },
    { path: ['\ud800'], pointer: '#/%EF%BF%BD', place: '\ufffd' },
    { path: ['x'.repeat(70)], pointer: `#/${'x'.repeat(64)}...`, place: `${'x'.repeat(64)}...` },
    {
      path: [`${'x'.repeat(63)}\u{1f600}`],
      pointer: `#/${'x'.repeat(63)}%EF%BF%BD...`,
      place: `${'x'.repeat(63)}\ufffd...`,
    },
  ])('$pointer', ({ path, pointer, place }) => {
    expect(pointerOf(path)).toBe(pointer);
    expect(placeOf(path)).toBe(place);
  });
});
