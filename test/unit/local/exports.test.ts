import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../infra/local/template/assembly.ts';
import { exportProblems } from '../../../infra/local/template/exports.ts';

const key: Resource = {
  stack: 'keys',
  logicalId: 'Key',
  type: 'AWS::KMS::Key',
  properties: {},
  retained: true,
};
const user = (properties: Resource['properties']): Resource => ({
  stack: 'service',
  logicalId: 'Function',
  type: 'AWS::Lambda::Function',
  properties,
  retained: false,
});
const importing = user({ Environment: { Variables: { KEY: { 'Fn::ImportValue': 'keys:KeyArn' } } } });
const free = user({});
const exports = { 'keys:KeyArn': 'arn:key' };

describe('an export that another stack imports', () => {
  test.each([
    {
      name: 'cannot go',
      after: { resources: [key, free], exports: {} },
      says: ['Export keys:KeyArn cannot be deleted as it is in use by service'],
    },
    {
      name: 'cannot change',
      after: { resources: [key, importing], exports: { 'keys:KeyArn': 'arn:other' } },
      says: ['Cannot update export keys:KeyArn as it is in use by service'],
    },
    { name: 'may stay when it is imported no more', after: { resources: [key, free], exports }, says: [] },
    { name: 'may go when that stack is deleted', after: { resources: [key], exports: {} }, says: [] },
  ])('$name', ({ after, says }) => {
    expect(exportProblems({ resources: [key, importing], exports }, after)).toEqual(says);
  });

  test('may go where the deployed stack imports it no more', () => {
    expect(
      exportProblems({ resources: [key, free], exports }, { resources: [key, free], exports: {} }),
    ).toEqual([]);
  });

  test('may be new, also to data of a start that did not keep exports', () => {
    const before = { resources: [key, importing], exports: {} };
    expect(exportProblems(before, { resources: [key, importing], exports })).toEqual([]);
  });
});
