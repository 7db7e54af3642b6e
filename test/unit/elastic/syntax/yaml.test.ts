import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { yaml, yamlDocuments } from '../../../../shared/elastic/syntax/yaml.ts';

/** What readers of YAML 1.1 and 1.2 take for different things, or for something other than a string. */
const AMBIGUOUS = [
  ...['on', 'Off', 'YES', 'no', 'y', 'N', 'true', 'False', 'null', 'Null', '~', ''],
  ...[
    '1',
    '1_000',
    '0o7',
    '017',
    '0x1f',
    '0b1',
    '1e3',
    'e9',
    'E-9',
    '1.5',
    '.5',
    '+1',
    '-1',
    '.inf',
    '-.INF',
    '.nan',
  ],
  ...['12:30:45', '190:20:30', '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01 00:00:00'],
  ...[
    '=',
    '<<',
    '-',
    '?',
    ':',
    '- a',
    'a: b',
    'a #b',
    'a:',
    '#a',
    '*a',
    '&a',
    '!a',
    '!!str a',
    '@a',
    '`a',
    '%a',
    '---',
    '...',
  ],
  ...['|', '>', '{a}', '[a]', '{{a}}', 'a,b', "'a'", '"a"', ' a', 'a ', 'a\tb', 'a\\b'],
  ...[
    'a\u2028b: c',
    'a\u2029b',
    'a\u0085b',
    '\ufeffa',
    'a\u007f',
    '\u0000',
    'é',
    '東京',
    '🦭',
    'a\nb\u2028c\n',
  ],
];

const LINES = [
  'a\nb\n',
  'a\nb',
  'a\n\n',
  '\na\n',
  ' a\nb',
  'a\n  b\n\nc\n',
  '#a\nb\n',
  '---\na\n',
  'a\t\nb',
  'a\r\nb\n',
];

const PLAIN = [
  '/etc/fleetseal/agent.crt',
  'https://fleet.example.com:8220/',
  'on-premises',
  'v1',
  'ssl.key',
  'a=b',
  'x:y',
];

const both = (text: string) => [parse(text), parse(text, { version: '1.1', merge: true })];

describe('YAML', () => {
  test.each([...AMBIGUOUS, ...LINES, ...PLAIN])(
    '%j is the same string for readers of 1.1 and of 1.2, as value, item and key',
    (text) => {
      for (const value of [
        { a: text, b: 1 },
        { a: [text, text], b: 1 },
        { [text]: { [text]: 'x' }, b: 1 },
      ])
        expect(both(yaml(value))).toEqual([value, value]);
    },
  );

  test.each(AMBIGUOUS)('%j is in double quotes and ASCII', (text) => {
    expect(yaml({ a: text })).toMatch(/^a: "[\x20-\x7e]*"\n$/);
    expect(yaml({ [text]: 1 })).toMatch(/^"[\x20-\x7e]*": 1\n$/);
  });

  test.each(PLAIN)('%j needs no quotes', (text) => {
    expect(yaml({ a: text })).toBe(`a: ${text}\n`);
  });

  test('keeps lines of ASCII readable, whole', () => {
    const line = 'x'.repeat(300);
    expect(yaml({ a: `${line} y\nb\n`, c: [`d\n`] })).toBe(`a: |\n  ${line} y\n  b\nc:\n  - |\n    d\n`);
  });

  test('writes other values as they are', () => {
    const value = { a: true, b: null, c: 1, d: [], e: {}, f: [{ g: false }, [1]] };
    expect(both(yaml(value))).toEqual([value, value]);
  });

  test('writes documents that stay apart', () => {
    const values = [{ a: '---\nb\n' }, { a: '---' }];
    expect(parseAllDocuments(yamlDocuments(values)).map((one) => one.toJS())).toEqual(values);
  });

  test('is the same value for both, whatever the strings', () => {
    const unit = fc.oneof(
      fc.constantFrom(
        ...'\n\r\t :#-?!&*|>%@`\'"\\{}[],=<~0179_.oxeynYN',
        '\u0085',
        '\u2028',
        '\u2029',
        '\ufeff',
        '\u00a0',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const text = fc.oneof(fc.string({ unit, maxLength: 8 }), fc.constantFrom(...AMBIGUOUS, ...LINES));
    const tree = fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      fc.oneof(text, fc.array(text, { maxLength: 3 })),
      { maxKeys: 4 },
    );
    fc.assert(
      fc.property(tree, (value) => {
        const plain = { a: { ...value } };
        expect(both(yaml(plain))).toEqual([plain, plain]);
      }),
      { numRuns: 2000 },
    );
  });
});
