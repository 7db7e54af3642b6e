import { describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError } from '../../infra/settings/settings.ts';
import { synthesized, synthesizedDefaults } from './synthesized.ts';

const PROFILE = 'arn:aws:signer:eu-central-1:444455556666:/signing-profiles/fleetseal/aBcD123456';
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/11112222-3333-4444-5555-666677778888';

const { authority, service } = synthesized({
  codeSigning: { profileVersionArns: [PROFILE] },
  encryption: { tableKeyArn: KEY, logsKeyArn: KEY },
  tags: { team: 'platform' },
});
const stacks = [authority, service];
const all = (type: string) => stacks.flatMap((stack) => Object.values(stack.findResources(type)));

describe('signed code', () => {
  test('is all that Lambda takes for any function, and anything else is refused', () => {
    for (const stack of stacks) {
      const [[id, config] = []] = Object.entries(stack.findResources('AWS::Lambda::CodeSigningConfig'));
      expect(config?.['Properties']).toMatchObject({
        AllowedPublishers: { SigningProfileVersionArns: [PROFILE] },
        CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
      });
      const functions = Object.values(stack.findResources('AWS::Lambda::Function'));
      expect(functions.length).toBeGreaterThan(3);
      for (const { Properties } of functions)
        expect(Properties.CodeSigningConfigArn).toEqual({ 'Fn::GetAtt': [id, 'CodeSigningConfigArn'] });
    }
  });

  test('is not asked for by default', () => {
    synthesizedDefaults().authority.resourceCountIs('AWS::Lambda::CodeSigningConfig', 0);
  });
});

describe('keys of the operator', () => {
  test('encrypt the table, which functions use through DynamoDB only', () => {
    const [table] = all('AWS::DynamoDB::Table');
    expect(table?.['Properties'].SSESpecification).toEqual({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: KEY,
    });
    const uses = all('AWS::IAM::Policy')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Resource }) => Resource === KEY);
    expect(uses.length).toBeGreaterThan(30);
    for (const { Effect, Condition } of uses) {
      expect(Effect).toBe('Allow');
      expect(Condition.StringEquals['kms:ViaService']).toBeDefined();
    }
    for (const action of ['kms:Sign', 'kms:CreateGrant', 'kms:*'])
      expect(uses.flatMap(({ Action }) => Action)).not.toContain(action);
  });

  test('encrypt every log group', () => {
    const groups = all('AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(10);
    for (const { Properties } of groups) expect(Properties.KmsKeyId).toBe(KEY);
  });

  test('are not needed by default', () => {
    const defaults = synthesizedDefaults();
    expect(
      defaults.authority.findResources('AWS::DynamoDB::Table', { Properties: { SSESpecification: {} } }),
    ).toEqual({});
  });
});

test('tags are on keys, table, bucket, roles, functions and log groups', () => {
  for (const type of [
    'AWS::KMS::Key',
    'AWS::DynamoDB::Table',
    'AWS::S3::Bucket',
    'AWS::IAM::Role',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
  ]) {
    const resources = all(type);
    expect(resources.length).toBeGreaterThan(0);
    for (const { Properties } of resources)
      expect(Properties.Tags).toEqual(expect.arrayContaining([{ Key: 'team', Value: 'platform' }]));
  }
});

test.each([
  { settings: { tags: { 'aws:x': 'y' } }, words: 'not begin with "aws:"' },
  { settings: { tags: { team: 'a*' } }, words: 'tags.team: the value of a tag must be at most 256 letters' },
  {
    settings: { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`t${index}`, ''])) },
    words: 'tags: must hold at most 40 tags',
  },
  {
    settings: { codeSigning: { profileVersionArns: [] } },
    words: 'codeSigning.profileVersionArns: must hold at least one profile',
  },
  {
    settings: { codeSigning: { profileVersionArns: [PROFILE.slice(0, -11)] } },
    words: 'must be the ARN of a version of a signing profile',
  },
  {
    settings: { encryption: { tableKeyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/own' } },
    words: 'encryption.tableKeyArn: must be the ARN of a KMS key (not of an alias)',
  },
])('$settings is refused: $words', ({ settings, words }) => {
  const read = () => readSettings({ authority: 'fleet', ...settings });
  expect(read).toThrow(SettingsError);
  expect(read).toThrow(words);
});

describe('traces', () => {
  const traced = synthesized({ tracing: 'active' });
  const of = (stack: typeof service, type: string) =>
    Object.values(stack.findResources(type)).map(({ Properties }) => Properties);

  test('are sent by every function and by the stages of both APIs', () => {
    for (const stack of [traced.authority, traced.service]) {
      const functions = of(stack, 'AWS::Lambda::Function');
      expect(functions.length).toBeGreaterThan(3);
      for (const one of functions) expect(one.TracingConfig).toEqual({ Mode: 'Active' });
      expect(of(stack, 'AWS::ApiGateway::Stage').map(({ TracingEnabled }) => TracingEnabled)).toEqual([true]);
      const sending = of(stack, 'AWS::IAM::Policy')
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .filter(({ Action }) => JSON.stringify(Action).includes('xray:'));
      expect(sending).toHaveLength(functions.length);
      for (const { Action, Resource } of sending)
        expect([Action.filter((action: string) => action.startsWith('xray:')), Resource]).toEqual([
          ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
          '*',
        ]);
    }
  });

  test('are not sent by default, and no function may send any', () => {
    const defaults = synthesizedDefaults();
    for (const stack of [defaults.authority, defaults.service]) {
      expect(JSON.stringify(stack.toJSON())).not.toMatch(/xray:|TracingConfig|TracingEnabled/);
    }
  });
});
