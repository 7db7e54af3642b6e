import { describe, expect, test } from '@jest/globals';
import type { Assembly, Resource } from '../../../infra/local/template/assembly.ts';
import { createTemplate } from '../../../infra/local/template/template.ts';

const place = { accountId: '000000000000', region: 'eu-central-1' };
const resource = (logicalId: string, type: string, properties: object = {}, stack = 'one'): Resource => ({
  stack,
  logicalId,
  type,
  properties: properties as Resource['properties'],
  retained: false,
});

const others = [
  resource('Table', 'AWS::DynamoDB::Table'),
  resource('Named', 'AWS::DynamoDB::Table', { TableName: 'ledger' }),
  resource('Key', 'AWS::KMS::Key'),
];

/** What the value `value`, written in stack `stack`, becomes. */
function resolve(value: unknown, stack = 'one'): unknown {
  const assembly: Assembly = {
    resources: [...others, resource('Probe', 'AWS::CDK::Metadata', { value }, stack)],
    parameters: new Map([['one/Version', '7']]),
    exports: new Map([['one:TableName', { stack: 'one', value: { Ref: 'Named' } }]]),
    assets: new Map(),
  };
  return createTemplate(assembly, place).all('AWS::CDK::Metadata')[0]?.properties['value'];
}

describe('intrinsic functions answer what CloudFormation answers', () => {
  test.each([
    { name: 'Ref of a resource', value: { Ref: 'Table' }, becomes: 'one-Table' },
    { name: 'Ref of a named resource', value: { Ref: 'Named' }, becomes: 'ledger' },
    { name: 'Ref of a parameter', value: { Ref: 'Version' }, becomes: '7' },
    { name: 'Ref of a pseudo parameter', value: { Ref: 'AWS::Region' }, becomes: 'eu-central-1' },
    {
      name: 'Fn::GetAtt',
      value: { 'Fn::GetAtt': ['Named', 'Arn'] },
      becomes: 'arn:aws:dynamodb:eu-central-1:000000000000:table/ledger',
    },
    { name: 'Fn::Join', value: { 'Fn::Join': ['-', ['a', { Ref: 'Named' }, 'c']] }, becomes: 'a-ledger-c' },
    {
      name: 'Fn::Sub',
      value: { 'Fn::Sub': '$' + '{AWS::AccountId}/$' + '{Named}/$' + '{Named.Arn}/$' + '{!Literal}' },
      becomes: `000000000000/ledger/arn:aws:dynamodb:eu-central-1:000000000000:table/ledger/$` + '{Literal}',
    },
    {
      name: 'AWS::NoValue',
      value: { a: 1, b: { Ref: 'AWS::NoValue' }, c: [1, { Ref: 'AWS::NoValue' }] },
      becomes: { a: 1, c: [1] },
    },
    { name: 'plain values', value: [true, 1, null, { text: 'x' }], becomes: [true, 1, null, { text: 'x' }] },
  ])('$name', ({ value, becomes }) => {
    expect(resolve(value)).toEqual(becomes);
  });

  test('Fn::ImportValue resolves in the stack that exports', () => {
    expect(resolve({ 'Fn::ImportValue': 'one:TableName' }, 'two')).toBe('ledger');
  });

  test('a key gets the same id at every start', () => {
    expect(resolve({ Ref: 'Key' })).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(resolve({ Ref: 'Key' })).toBe(resolve({ Ref: 'Key' }));
  });
});

describe('names of resources', () => {
  const named = (ManagedPolicyName: unknown) => {
    const resources = [...others, resource('Policy', 'AWS::IAM::ManagedPolicy', { ManagedPolicyName })];
    const assembly = { resources, parameters: new Map(), exports: new Map(), assets: new Map() };
    return createTemplate(assembly, place).all('AWS::IAM::ManagedPolicy')[0]?.ref;
  };

  test('contain what they say of the place', () => {
    expect(named({ 'Fn::Join': ['', ['fleet-', { Ref: 'AWS::Region' }, '-Auditor']] })).toBe(
      'arn:aws:iam::000000000000:policy/fleet-eu-central-1-Auditor',
    );
  });

  test('contain those of other resources', () => {
    expect(named({ 'Fn::Join': ['/', ['logs', { Ref: 'Table' }]] })).toBe(
      'arn:aws:iam::000000000000:policy/logs/one-Table',
    );
  });
});

describe('what is not known stops with its name', () => {
  test.each([
    {
      name: 'a function',
      value: { 'Fn::Cidr': ['10.0.0.0/8', 1, 8] },
      words: 'one: the local cloud does not know Fn::Cidr',
    },
    {
      name: 'a resource',
      value: { Ref: 'Nobody' },
      words: 'one: a resource refers to Nobody, which does not exist',
    },
    {
      name: 'an attribute',
      value: { 'Fn::GetAtt': ['Named', 'StreamArn'] },
      words: 'does not know attribute StreamArn of Named',
    },
    { name: 'an export', value: { 'Fn::ImportValue': 'none' }, words: 'no stack exports none' },
  ])('$name', ({ value, words }) => {
    expect(() => resolve(value)).toThrow(words);
  });
});

describe('custom resources are created in the order of their dependencies', () => {
  const custom = (logicalId: string, properties: object = {}, dependsOn: readonly string[] = []) => ({
    ...resource(logicalId, `Custom::${logicalId}`, properties),
    dependsOn,
  });
  const through = { ...resource('Function', 'AWS::Lambda::Function'), dependsOn: ['Data'] };
  test.each([
    {
      name: 'by DependsOn',
      resources: [custom('Lists', {}, ['Data']), custom('Data', {}, ['Authority']), custom('Authority')],
    },
    {
      name: 'by reference',
      resources: [
        custom('Lists', { of: { 'Fn::Sub': 'x-$' + '{Data.Name}' } }),
        custom('Data', { of: [{ 'Fn::GetAtt': ['Authority', 'Name'] }] }),
        custom('Authority'),
      ],
    },
    {
      name: 'through other resources',
      resources: [
        custom('Lists', { ServiceToken: { 'Fn::GetAtt': 'Function.Arn' } }),
        through,
        custom('Data', { a: { Ref: 'Authority' } }),
        custom('Authority'),
      ],
    },
  ])('$name', ({ resources }) => {
    const assembly = { resources, parameters: new Map(), exports: new Map(), assets: new Map() };
    const order = createTemplate(assembly, place).custom.map(({ logicalId }) => logicalId);
    expect(order).toEqual(['Authority', 'Data', 'Lists']);
  });
});
