import { describe, expect, test } from '@jest/globals';
import { eventFilter } from '../../../infra/local/lambda/event-filter.ts';

const record = { eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 'REVOKED#1' } } } };
const passes = (...patterns: object[]) =>
  eventFilter({ Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) })(record);

describe('a record', () => {
  test.each([
    { name: 'equal', pattern: { eventName: ['INSERT'] }, does: true },
    { name: 'equal to one of several', pattern: { eventName: ['MODIFY', 'INSERT'] }, does: true },
    { name: 'equal to none', pattern: { eventName: ['REMOVE'] }, does: false },
    {
      name: 'with the prefix',
      pattern: { dynamodb: { Keys: { pk: { S: [{ prefix: 'REVOKED#' }] } } } },
      does: true,
    },
    {
      name: 'without the prefix',
      pattern: { dynamodb: { Keys: { pk: { S: [{ prefix: 'OCSP#' }] } } } },
      does: false,
    },
    {
      name: 'of another type',
      pattern: { dynamodb: { Keys: { pk: { N: [{ prefix: 'REVOKED#' }] } } } },
      does: false,
    },
    {
      name: 'that matches only a part',
      pattern: { eventName: ['REMOVE'], dynamodb: { Keys: { pk: { S: [{ exists: true }] } } } },
      does: false,
    },
    { name: 'without a member', pattern: { userIdentity: { type: [{ exists: false }] } }, does: true },
    {
      name: 'without a member that must be there',
      pattern: { userIdentity: { type: [{ exists: true }] } },
      does: false,
    },
  ])('$name: $does', ({ pattern, does }) => {
    expect(passes(pattern)).toBe(does);
  });

  test('passes where one of the filters matches, and where there is none', () => {
    expect(passes({ eventName: ['REMOVE'] }, { eventName: ['INSERT'] })).toBe(true);
    expect(passes()).toBe(true);
    expect(eventFilter(undefined)(record)).toBe(true);
  });
});
