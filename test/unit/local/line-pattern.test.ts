import { describe, expect, test } from '@jest/globals';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { linePattern } from '../../../infra/local/logs/line-pattern.ts';

const line = JSON.stringify({
  message: 'request',
  status: 409,
  reason: { authenticated: true, text: 'true' },
});
const is = (path: string, text: string) => FilterPattern.stringValue(path, '=', text);

describe('a line', () => {
  test.each([
    { name: 'equal', pattern: is('$.message', 'request'), does: true },
    { name: 'not equal', pattern: is('$.message', 'enrollment'), does: false },
    { name: 'that is true', pattern: FilterPattern.booleanValue('$.reason.authenticated', true), does: true },
    {
      name: 'that is false',
      pattern: FilterPattern.booleanValue('$.reason.authenticated', false),
      does: false,
    },
    { name: 'that only reads so', pattern: FilterPattern.booleanValue('$.reason.text', true), does: false },
    { name: 'below', pattern: FilterPattern.numberValue('$.status', '<', 500), does: true },
    { name: 'not below', pattern: FilterPattern.numberValue('$.status', '<', 409), does: false },
    { name: 'without the member', pattern: is('$.reason.code.text', 'x'), does: false },
    {
      name: 'that matches all',
      pattern: FilterPattern.all(is('$.message', 'request'), FilterPattern.numberValue('$.status', '<', 500)),
      does: true,
    },
    {
      name: 'that matches one of two',
      pattern: FilterPattern.all(is('$.message', 'other'), FilterPattern.numberValue('$.status', '<', 500)),
      does: false,
    },
  ])('$name: $does', ({ pattern, does }) => {
    expect(linePattern(pattern.logPatternString)(line)).toBe(does);
  });

  test('that is not JSON matches nothing', () => {
    expect(linePattern('{ $.message = "request" }')('START RequestId')).toBe(false);
  });
});

test.each(['request', '{ $.status >= 500 }', '{ $.a = "b" || $.c = "d" }'])('%s is not known', (pattern) => {
  expect(() => linePattern(pattern)).toThrow(`does not know the filter pattern ${pattern}`);
});
