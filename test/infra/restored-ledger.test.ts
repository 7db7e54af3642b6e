import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { readSettings } from '../../infra/settings/settings.ts';
import { type Synthesized, statements, synthesized, synthesizedDefaults, text } from './synthesized.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/fleet.restored_1';
const streamArn = `${TABLE}/stream/2026-11-28T03:12:45.123`;
const restored = synthesized({ restoredLedger: { streamArn } });

const policiesOf = (template: Template) =>
  Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    statements(Properties.PolicyDocument),
  );
const functionsOf = ({ authority, service }: Synthesized) =>
  [authority, service].flatMap((template) => Object.values(template.findResources('AWS::Lambda::Function')));

/** What the role of the merge may do, `actions resource [kinds]`; logs and objects aside. */
function mergeMay({ authority }: Synthesized): readonly string[] {
  const policies = Object.entries(authority.findResources('AWS::IAM::Policy'));
  const [, policy] = policies.find(([id]) => id.startsWith('LedgerMerge')) ?? [];
  if (policy === undefined) return [];
  return statements(policy['Properties'].PolicyDocument)
    .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))
    .map(({ actions, resources, condition }) => {
      const keys = Object(condition)['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
      const of = keys === undefined ? '' : ` [${keys.join(' ')}]`;
      return `${actions.map((one) => one.slice('dynamodb:'.length)).join(' ')} ${resources.join()}${of}`;
    });
}

describe('a deployment with a restored table', () => {
  test('gives it to every function and policy, and keeps the former one as it was', () => {
    const names = functionsOf(restored).map(
      ({ Properties }) => Properties.Environment?.Variables?.TABLE_NAME,
    );
    expect(new Set(names.filter((name) => name !== undefined))).toEqual(new Set(['fleet.restored_1']));
    const tables = (template: Template) => template.findResources('AWS::DynamoDB::Table');
    expect(tables(restored.authority)).toEqual(tables(synthesizedDefaults().authority));
    restored.authority.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: streamArn,
    });
    const own = policiesOf(restored.service).flatMap(({ resources }) => resources);
    expect(own.filter((resource) => resource.startsWith('arn:aws:dynamodb'))).not.toEqual([]);
    expect(own.filter((resource) => resource.includes('LedgerTable'))).toEqual([]);
  });

  test('removes no export that the deployed service stack uses', () => {
    const exportsOf = ({ authority }: Synthesized) =>
      Object.values(authority.findOutputs('*')).flatMap(({ Export }) => (Export ? text(Export.Name) : []));
    expect(exportsOf(restored)).toEqual(expect.arrayContaining(exportsOf(synthesizedDefaults())));
  });

  test('has a function that merges, which may close the former table and otherwise read it', () => {
    const named = (one: string) =>
      one.replaceAll(/<LedgerTable[^.]*\.Arn>/g, 'former').replaceAll(TABLE, 'restored');
    expect(mergeMay(restored).map(named)).toEqual([
      'Query restored [AUTHORITY REVOKED#* CEREMONY]',
      'Query restored/index/tokensByCreation,former/index/certificatesByExpiry,former/index/openByAge,former/index/tokensByCreation',
      'GetItem restored [AUTHORITY CERT#* NAME#* TOKEN#* BLOCK]',
      'BatchGetItem restored,former [CERT#* RESERVATION#* NAME#* SAN#* TOKEN#* USE#*]',
      'PutItem restored [AUTHORITY CERT#* RESERVATION#* NAME#* SAN#* REVOKED#* HISTORY#* CEREMONY]',
      'UpdateItem restored [CERT#* TOKEN#* USE#* BLOCK BLOCKED-KEY#*]',
      'DeleteItem restored [OCSP#* RESERVATION#*]',
      'Query former [AUTHORITY HISTORY#* BLOCK CEREMONY]',
      'GetItem former [AUTHORITY CERT#*]',
      'UpdateItem former [AUTHORITY]',
    ]);
    restored.authority.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'fleetseal-fleet-merge-ledger',
      Environment: { Variables: Match.objectLike({ FORMER_TABLE_NAME: { Ref: Match.anyValue() } }) },
    });
  });

  test('tells the function that creates the authority, so that it looks at the table', () => {
    restored.authority.hasResourceProperties('Custom::Authority', { restoredLedger: streamArn });
  });

  test('has what the settings declare recorded in the table: the name of the table runs the function', () => {
    restored.authority.hasResourceProperties('Custom::AuthorityData', { tableName: 'fleet.restored_1' });
  });

  test('of a table that was itself restored reads that one', () => {
    const again = synthesized({ restoredLedger: { streamArn, formerTableName: 'before' } });
    expect(mergeMay(again)).toContainEqual(
      'UpdateItem arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/before [AUTHORITY]',
    );
  });
});

test('without one there is no function that merges', () => {
  expect(mergeMay(synthesizedDefaults())).toEqual([]);
});

test.each([
  { wrong: 'fleet-restored', name: 'a name' },
  { wrong: TABLE, name: 'the ARN of the table' },
  { wrong: `${streamArn}/x`, name: 'more than the ARN' },
])('$name instead of the ARN of the stream is refused', ({ wrong }) => {
  expect(() => readSettings({ authority: 'fleet', restoredLedger: { streamArn: wrong } })).toThrow(
    'restoredLedger.streamArn: must be the whole ARN of the stream of a table, as in "arn:aws:dynamodb:',
  );
});
