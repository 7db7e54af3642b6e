import { describe, expect, test } from '@jest/globals';
import { CommandError } from '../../../cli/command-error.ts';
import { renderDetails } from '../../../cli/output/details.ts';
import { renderError } from '../../../cli/output/error.ts';
import { plain } from '../../../cli/output/plain.ts';
import { principal } from '../../../cli/output/principal.ts';
import { type Column, renderTable } from '../../../cli/output/table.ts';
import { distance, shortTime, timeIn } from '../../../cli/output/time.ts';

const NOW = Date.parse('2026-11-28T06:00:00Z');

describe('a table', () => {
  const columns: readonly Column[] = [
    { head: 'ID' },
    { head: 'NAMES', flexible: true },
    { head: 'USES', align: 'right' },
  ];
  const rows = [
    ['a1', 'web-* *.example.com', '0/1'],
    ['b22', 'x', '10/100'],
  ];

  test('has columns with two spaces between them, and no space at the end of a line', () => {
    expect(renderTable(columns, rows)).toBe(
      [
        'ID   NAMES                  USES',
        'a1   web-* *.example.com     0/1',
        'b22  x                    10/100',
      ].join('\n'),
    );
  });

  test('cuts flexible columns where the terminal is narrow, and says so with an ellipsis', () => {
    const table = renderTable(columns, rows, 24);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(24);
    expect(table).toContain('web-* *.ex…');
  });

  test('never cuts an id', () => {
    expect(renderTable(columns, rows, 5)).toContain('b22');
  });

  test('leaves out optional columns before it is too wide', () => {
    const wide = [{ head: 'SERIAL' }, { head: 'DATE', optional: true }, { head: 'LEFT' }];
    const cells = [['0123456789', '2026-11-28', 'in 3 d']];
    expect(renderTable(wide, cells, 30)).toBe('SERIAL      DATE        LEFT\n0123456789  2026-11-28  in 3 d');
    expect(renderTable(wide, cells, 29)).toBe('SERIAL      LEFT\n0123456789  in 3 d');
  });

  test('counts colours as nothing', () => {
    const coloured = renderTable(columns, [['\u001b[32ma1\u001b[39m', 'x', '1']]);
    expect(coloured).toContain('a1\u001b[39m  x');
  });
});

test('details are aligned, without what is empty, and long values go on below', () => {
  expect(
    renderDetails([
      ['Id', 'a1'],
      ['DNS names', 'a\nb'],
      ['Revoked', undefined],
      ['Description', ''],
    ]),
  ).toBe('Id         a1\nDNS names  a\n           b\n');
});

describe('how far a time is away', () => {
  test.each([
    { time: '2026-11-28T06:00:45Z', says: 'in 45 s' },
    { time: '2026-11-28T07:30:00Z', says: 'in 90 min' },
    { time: '2026-11-29T05:59:59Z', says: 'in 23 h' },
    { time: '2026-12-28T06:00:00Z', says: 'in 30 d' },
    { time: '2046-11-28T06:00:00Z', says: 'in 20 y' },
    { time: '2026-11-28T06:00:00Z', says: 'now' },
    { time: '2026-11-28T05:59:59Z', says: '1 s ago' },
    { time: '2026-11-25T06:00:00Z', says: '3 d ago' },
  ])('$time: $says', ({ time, says }) => {
    expect(distance(time, NOW)).toBe(says);
  });

  test('a duration from now is shown as it was given, at any part of a second', () => {
    expect(timeIn(3 * 86_400, NOW + 1)).toBe('2026-12-01T06:00:01Z');
    for (const now of [NOW, NOW + 1, NOW + 499, NOW + 500, NOW + 999])
      expect(distance(timeIn(3 * 86_400, now), now)).toBe('in 3 d');
  });

  test('a column has it to the minute', () => {
    expect(shortTime('2026-11-28T06:07:08Z')).toBe('2026-11-28 06:07Z');
  });
});

test.each([
  { arn: 'arn:aws:iam::111122223333:user/admin', says: 'user/admin' },
  { arn: 'arn:aws-us-gov:sts::111122223333:assumed-role/Revoker/ann', says: 'assumed-role/Revoker/ann' },
  { arn: 'fleetseal', says: 'fleetseal' },
])('in a column, $arn is $says', ({ arn, says }) => {
  expect(principal(arn)).toBe(says);
});

test('text that others chose cannot rewrite the screen', () => {
  expect(plain('a\u001b[2Jb\u202ec')).toBe('a\\u{1b}[2Jb\\u{202e}c');
});

describe('an error', () => {
  const problem = {
    title: 'Token policy contradicts the profile',
    status: 422,
    detail: 'Too long. And \u001b[31mred.',
    code: 'invalid_token_policy',
    requestId: 'r-1',
    errors: [
      { pointer: '#/certificateLifetime', detail: 'Too long.' },
      { pointer: '#/names/dns/3', detail: 'Not a pattern.' },
      { pointer: '#/something/new', detail: 'Unknown here.' },
    ],
  };

  test('of the service says each field, by the option that sets it, and the request', () => {
    expect(renderError(new CommandError('refused', problem.detail, { problem }), false)).toBe(
      [
        'error: Token policy contradicts the profile.',
        '  --lifetime: Too long.',
        '  --dns: Not a pattern.',
        '  #/something/new: Unknown here.',
        '(invalid_token_policy, request r-1)',
      ].join('\n'),
    );
  });

  test('is one JSON document with --json', () => {
    const text = renderError(new CommandError('refused', problem.detail, { problem }), true);
    expect(JSON.parse(text)).toEqual(problem);
  });

  test('of the command line itself has its kind as code', () => {
    expect(JSON.parse(renderError(new CommandError('usage', 'No address.'), true))).toEqual({
      code: 'usage',
      detail: 'No address.',
    });
  });

  test('that nobody foresaw says that it is a defect', () => {
    expect(renderError(new TypeError('x is undefined'), false)).toMatch(
      /^error: this is a defect of the command line; please report it\.\nTypeError: x is undefined\n {4}at /,
    );
  });
});
