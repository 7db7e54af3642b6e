import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { freeTextForm, freeTextProblem } from '../../../shared/domain/free-text.ts';

const CHARACTER = (name: string) => `contains ${name}, a control, format or separator character: remove it`;

describe('the rule of free text', () => {
  test.each([
    { text: 'a\ud800b', problem: 'contains half of a surrogate pair, which is not a character: remove it' },
    { text: '\udc00', problem: 'contains half of a surrogate pair, which is not a character: remove it' },
    { text: 'a\u2028b', problem: CHARACTER('U+2028') },
    { text: 'a\u2029b', problem: CHARACTER('U+2029') },
    { text: 'a\u0085b', problem: CHARACTER('U+0085') },
    { text: '\u0000', problem: CHARACTER('U+0000') },
    { text: 'a\tb', problem: CHARACTER('U+0009') },
    { text: 'a\nb', problem: CHARACTER('U+000A') },
    { text: 'a\u007f', problem: CHARACTER('U+007F') },
    { text: 'a\u202eb', problem: CHARACTER('U+202E') },
    { text: '\ufeffa', problem: CHARACTER('U+FEFF') },
    { text: 'a\u200db', problem: CHARACTER('U+200D') },
    { text: '\u{e0041}', problem: CHARACTER('U+E0041') },
    {
      text: '{{file:/etc/shadow}}',
      problem: 'contains "{{", which templates replace: remove it',
    },
    {
      text: `$${'{env.PATH}'}`,
      problem: `contains "$${'{'}", which templates replace: remove it`,
    },
  ])('refuses $text', ({ text, problem }) => {
    expect(freeTextProblem(text)).toBe(problem);
  });

  test.each([
    '',
    'rack 4',
    "O'Brien & Söhne",
    '東京',
    '🦭',
    'a{b}c',
    'a$b',
    '$(NODE_NAME)',
    '%{[data_stream.type]}',
    '<<: *a',
  ])('takes %j', (text) => expect(freeTextProblem(text)).toBeUndefined());

  test('takes line breaks, and nothing else, where they may be', () => {
    expect(freeTextProblem('a\r\nb\n', { lineBreaks: true })).toBeUndefined();
    for (const text of ['a\tb', 'a\u2028b', 'a\u0085b', '{{', 'a\n\ud800'])
      expect(freeTextProblem(text, { lineBreaks: true })).toBe(freeTextProblem(text));
  });

  test('is the same rule as each of its parts', () => {
    const unit = fc.constantFrom('a', ' ', '{', '$', '\n', '\u2028', '\ud800', '\udc00', '\u00ad', 'é');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 6 }), (text) => {
        const fit =
          text === text.toWellFormed() &&
          !/[\p{C}\p{Z}]/u.test(text.replaceAll(' ', '')) &&
          !/[{$]\{/.test(text);
        expect([text, freeTextProblem(text) === undefined]).toEqual([text, fit]);
      }),
      { numRuns: 3000 },
    );
  });
});

describe.each([{ lineBreaks: false }, { lineBreaks: true }])('the form of free text, %j', (options) => {
  const form = freeTextForm(options);
  const takes = (text: string) => freeTextProblem(text, options) === undefined;

  test('has no flags, and no notation that only some engines know', () => {
    expect(form.flags).toBe('');
    expect(form.source).not.toMatch(/\\p|\\u\{|\(\?/);
  });

  test('says of every character up to U+FFFF what the rule says', () => {
    const wrong = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => character.isWellFormed() && form.test(`a${character}b`) !== takes(`a${character}b`),
    );
    expect(wrong).toEqual([]);
  });

  test('says the same of braces and dollars, in every order', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '{', '$', '}', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(text, (candidate) => expect(form.test(candidate)).toBe(takes(candidate))),
      { numRuns: 2000 },
    );
  });

  test('refuses nothing that the rule takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (takes(text)) expect(form.test(text)).toBe(true);
      }),
    );
  });

  test('needs time in proportion to the length', () => {
    // Nested quantifiers could need exponential time: this would not end.
    for (const part of ['{', '$', '{$', 'a', '{$a'])
      expect(form.test(`${part.repeat(5000)}\u0000`)).toBe(false);
  });
});
