import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPowershellSafe, powershellCommand } from '../../../../shared/elastic/syntax/powershell.ts';
import { PowershellGrammar } from '../../../support/powershell-grammar.ts';
import { kit } from '../agent/kits.ts';

const grammar = await PowershellGrammar.load();

afterAll(() => grammar.close());

/** The grammar takes them for plain characters; what PowerShell makes of them is in powershell.test.ts. */
const TYPOGRAPHIC = /[\u2018-\u201F]/;

const HOSTILE = [
  "'",
  "''",
  "it's",
  '$HOME',
  '$(Get-Date)',
  '`n',
  '; Remove-Item x',
  '| Out-Null',
  '& x',
  '&& x',
  '> x',
  '#c',
  '<# c #>',
  '@x',
  '@(1)',
  '@{a=1}',
  '(1)',
  '{1}',
  '[int]',
  '-a:b',
  '-a.b',
  '--',
  '--%',
  '--a=b,c',
  'a,b',
  '%',
  '?',
  '*',
  '~',
  '!',
  '1.5e3',
  '0x10',
  '1kb',
  '-1',
  '\\',
  'a\\',
  '\\\\server\\share',
  'ä€😀',
  'if',
  'function',
  'return',
  '{{FLEET_ENROLLMENT_TOKEN}}',
  '=',
  '+',
  '::',
  'a b',
  '\u00a0',
  '-',
  "--tag=it's $x",
  '/inheritance:r',
];

describe('a grammar of PowerShell', () => {
  test.each(HOSTILE)('reads %s as one literal argument', (value) => {
    expect(grammar.argumentsOf(powershellCommand(['elastic-agent.exe', value, value]))).toEqual([
      'elastic-agent.exe',
      value,
      value,
    ]);
  });

  test.each([
    '.\\elastic-agent.exe',
    'C:\\Program Files\\x.exe',
    "C:\\it's $x\\a.exe",
    '/inheritance',
    'a b',
    '$x',
  ])('runs the program %s', (program) => {
    expect(grammar.argumentsOf(powershellCommand([program, 'install']))).toEqual([program, 'install']);
  });

  test('reads any arguments back unchanged', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(..."'$`\\;&|@-(){}[]<>#%?*=,.: a1\u00e4"), maxLength: 12 }),
    );
    const argument = text.filter(
      (value) => isPowershellSafe(value) && value.isWellFormed() && !TYPOGRAPHIC.test(value),
    );
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 12 }), (values) => {
        const argv = ['.\\elastic-agent.exe', ...values] as const;
        expect(grammar.argumentsOf(powershellCommand(argv))).toEqual(argv);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['x a; y', 'x $(y)', 'x | y', 'x "a$b"', "x 'a", 'x (1)', 'x $y', "x 'a'; 'b'"])(
    'tells %s from one command with literal arguments',
    (text) => {
      expect(() => grammar.argumentsOf(text)).toThrow();
    },
  );
});

describe('what a kit says for PowerShell', () => {
  const directory = "C:\\it's $x;`&@{a}";
  const made = kit({
    os: 'windows',
    directory: directory.replaceAll(' ', '_'),
    keyPassphraseFile: "C:\\$(pass)\\a'b",
    agent: { unprivileged: true, tags: ["it's; $x `n"], headers: { 'X-A': '$(y) & | #' } },
  });

  test.each(['install', 'enroll'] as const)('%s: the line has the arguments that stand beside it', (name) => {
    const { powershell = '', arguments: argv = [] } = made.elasticAgent[name] ?? {};
    expect(grammar.argumentsOf(powershell).slice(1)).toEqual(argv);
  });

  test('each line that sets rights names its file', () => {
    const secret = made.files.filter(({ acl }) => acl !== null);
    expect(secret).toHaveLength(2);
    for (const { acl, path } of secret)
      for (const line of acl ?? [])
        expect(grammar.argumentsOf(line).slice(0, 3)).toEqual(['icacls', path, '/inheritance:r']);
  });

  test.each(['rsa', 'p256'] as const)(
    'the script for a key of kind %s fits the grammar, and its paths are literals',
    (keyKind) => {
      const script =
        kit(
          {
            os: 'windows',
            directory: made.files[0]?.path.replace(/\\agent.crt$/, ''),
            keyPassphraseFile: "C:\\$(pass)\\a'b",
          },
          { keyKind },
        ).keyEncryption?.powershell ?? '';
      const [key, pass, ...grants] = grammar.literalsOf(script).filter((value) => value !== 'Stop');
      expect([key, pass]).toEqual([`${directory.replaceAll(' ', '_')}\\agent.key`, "C:\\$(pass)\\a'b"]);
      expect(grants.slice(0, 2)).toEqual(['*S-1-5-18:(F)', '*S-1-5-32-544:(F)']);
    },
  );
});
