import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { TABLE_PERMISSIONS } from '../../infra/permissions.ts';
import { readSettings } from '../../infra/settings/settings.ts';
import { INDEXES } from '../../shared/config/table.ts';
import { type Statement, statements, synthesizedDefaults, text, withApp } from './synthesized.ts';

const arn = (service: string, region: string, rest: string) =>
  `arn:aws:${service}:${region}:111122223333:${rest}`;
const certificate = (region: string) =>
  arn('acm', region, 'certificate/11112222-3333-4444-5555-666677778888');
const key = (region: string) => arn('kms', region, `key/11112222-3333-4444-5555-${region.padEnd(12, '0')}`);
const deployer = (region: string) => `arn:aws:iam::111122223333:role/deployer-${region}`;

const REGIONS = {
  primary: 'eu-central-1',
  standby: 'eu-west-1',
  inStandby: {
    api: { domainName: 'certs.example.com', certificateArn: certificate('eu-west-1') },
    encryption: { tableKeyArn: key('eu-west-1') },
  },
};
const SETTINGS = {
  authority: 'acme',
  regions: REGIONS,
  revocation: { domainName: 'pki.example.com', certificateArn: certificate('us-east-1') },
  api: { domainName: 'certs.example.com', certificateArn: certificate('eu-central-1') },
  encryption: { tableKeyArn: key('eu-central-1') },
  keyAdministration: {
    deployerRoleArns: [deployer('eu-central-1'), deployer('eu-west-1')],
    breakGlassRoleArns: ['arn:aws:iam::111122223333:role/break-glass'],
  },
  monthlyBudgetDollars: 100,
  tags: { team: 'pki' },
};

/** The stacks of a Region. */
interface Pair {
  readonly authority: Template;
  readonly service: Template;
}

function stacks(regions: object): { readonly primary: Pair; readonly standby: Pair } {
  return withApp({ ...SETTINGS, regions: { ...REGIONS, ...regions } }, (app) => {
    const { directory } = app.synth();
    const template = (name: string) =>
      Template.fromJSON(JSON.parse(readFileSync(join(directory, `${name}.template.json`), 'utf8')));
    const pair = (prefix: string) => ({
      authority: template(`${prefix}Authority`),
      service: template(`${prefix}Service`),
    });
    return { primary: pair('Fleetseal'), standby: pair('FleetsealStandby') };
  });
}

const { primary, standby } = stacks({});
const taken = stacks({ active: 'standby', revocationData: 'standby' });

type Properties = Readonly<Record<string, never>>;
const propertiesOf = (template: Template, type: string): readonly Properties[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const policiesOf = (template: Template, type: string): ReadonlyMap<string, readonly Statement[]> =>
  new Map(
    propertiesOf(template, type).map(({ Description, KeyPolicy }) => [
      /(?:CA|OCSP) key (\S+)/.exec(Description ?? '')?.[1] ?? '',
      statements(KeyPolicy ?? { Statement: [] }),
    ]),
  );
const named = (policy: readonly Statement[] | undefined, sid: string) =>
  policy?.find((statement) => statement.sid === sid);

describe('keys', () => {
  const keys = policiesOf(primary.authority, 'AWS::KMS::Key');
  const replicas = policiesOf(standby.authority, 'AWS::KMS::ReplicaKey');

  test('of the primary Region are multi-Region keys, and the standby Region has a replica of each and no other', () => {
    for (const { MultiRegion } of propertiesOf(primary.authority, 'AWS::KMS::Key'))
      expect(MultiRegion).toBe(true);
    expect([...replicas.keys()]).toEqual([...keys.keys()]);
    expect([...keys.keys()]).toEqual(['root-1', 'issuer-1', 'issuer-2', 'responder-1']);
    standby.authority.resourceCountIs('AWS::KMS::Key', 0);
  });

  test('are replicated by deployers only, into the standby Region only, and nobody makes a replica the primary', () => {
    for (const policy of keys.values()) {
      const replicating = policy.filter(({ actions }) => actions.includes('kms:ReplicateKey'));
      expect(replicating).toEqual([
        expect.objectContaining({
          effect: 'Allow',
          principals: SETTINGS.keyAdministration.deployerRoleArns,
          condition: { StringEquals: { 'kms:ReplicaRegion': 'eu-west-1' } },
        }),
      ]);
    }
    const all = [...keys.values(), ...replicas.values()].flat().flatMap(({ actions }) => actions);
    expect(all.filter((action) => /UpdatePrimaryRegion|\*/.test(action))).toEqual([]);
    expect([...replicas.values()].flat().flatMap(({ actions }) => actions)).not.toContain('kms:ReplicateKey');
  });

  test('of the standby Region have the policies of the others, for the roles of their own stack', () => {
    for (const [id, policy] of replicas) {
      const sign = named(policy, 'Sign');
      expect(sign).toEqual(named(keys.get(id), 'Sign'));
      const roles = new Set(Object.keys(standby.authority.findResources('AWS::IAM::Role')));
      for (const principal of sign?.principals ?? [])
        expect(roles.has(/^<(.+)\.Arn>$/.exec(principal)?.[1] ?? '')).toBe(true);
      const denial = named(policy, 'NobodyElseSigns');
      expect(denial).toMatchObject({ effect: 'Deny', actions: ['kms:Sign'], principals: ['*'] });
      const { ArnNotEquals } = Object(denial?.condition);
      expect([ArnNotEquals['aws:PrincipalArn']].flat().map(text).sort()).toEqual(
        [...(sign?.principals ?? [])].sort(),
      );
    }
  });

  test('are retained in both Regions', () => {
    for (const resource of [
      ...Object.values(primary.authority.findResources('AWS::KMS::Key')),
      ...Object.values(standby.authority.findResources('AWS::KMS::ReplicaKey')),
    ])
      expect(resource).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });
});

describe('the table', () => {
  test('is a global one in the primary Region: the indexes of the other kind, protected in both', () => {
    primary.authority.resourceCountIs('AWS::DynamoDB::Table', 0);
    const [table] = propertiesOf(primary.authority, 'AWS::DynamoDB::GlobalTable');
    const [regional] = propertiesOf(synthesizedDefaults().authority, 'AWS::DynamoDB::Table');
    const byName = (one: object) => Object(one).AttributeName;
    expect(table).toMatchObject({
      TableName: 'fleetseal-acme',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: regional?.['KeySchema'],
      GlobalSecondaryIndexes: regional?.['GlobalSecondaryIndexes'],
      TimeToLiveSpecification: regional?.['TimeToLiveSpecification'],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: ['eu-central-1', 'eu-west-1'].map((Region) => ({
        Region,
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
        SSESpecification: { KMSMasterKeyId: key(Region) },
        Tags: [{ Key: 'team', Value: 'pki' }],
      })),
    });
    const sorted = (list: unknown) =>
      (list as object[]).toSorted((a, b) => byName(a).localeCompare(byName(b)));
    expect(sorted(table?.['AttributeDefinitions'])).toEqual(sorted(regional?.['AttributeDefinitions']));
    expect(Object.keys(INDEXES)).toHaveLength(5);
    primary.authority.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('is known by its name in the standby Region, and its stream by the first step of a deployment', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'])
      standby.authority.resourceCountIs(type, 0);
    const names = [standby.authority, standby.service].flatMap((template) =>
      propertiesOf(template, 'AWS::Lambda::Function').flatMap(
        ({ Environment }) => Object(Environment).Variables.TABLE_NAME ?? [],
      ),
    );
    expect(new Set(names)).toEqual(new Set(['fleetseal-acme']));
    standby.authority.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeploymentGuardCheck'), 'StreamArn'] },
    });
  });

  test('may get another stream: each stack of the standby Region asks for it when the table changes', () => {
    standby.service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': ['DeploymentCheck', 'StreamArn'] },
    });
    for (const template of [standby.authority, standby.service])
      expect(propertiesOf(template, 'Custom::DeploymentCheck')).toMatchObject([{ table: 'fleetseal-acme' }]);
    const exported = Object.values(standby.authority.toJSON()['Outputs'] ?? {}).map((one) =>
      JSON.stringify(one),
    );
    expect(exported.filter((one) => one.includes('StreamArn'))).toEqual([]);
  });
});

describe('every function', () => {
  const functions = [primary, standby].flatMap(({ authority, service }) =>
    [authority, service].flatMap((template) => propertiesOf(template, 'AWS::Lambda::Function')),
  );

  test('knows that it writes in the active Region only', () => {
    expect(functions.length).toBeGreaterThan(80);
    for (const { Environment } of functions) expect(Object(Environment).Variables.TWO_REGIONS).toBe('yes');
  });
});

test('every function that uses the table may ask which Region is active', () => {
  const policies = [primary, standby].flatMap(({ authority, service }) =>
    [authority, service].flatMap((template) =>
      propertiesOf(template, 'AWS::IAM::Policy').map(({ PolicyDocument }) =>
        statements(PolicyDocument ?? { Statement: [] }),
      ),
    ),
  );
  const using = policies.filter((policy) =>
    policy.some(({ actions }) => actions.some((action) => /^dynamodb:.*Item/.test(action))),
  );
  expect(using.length).toBeGreaterThan(40);
  for (const policy of using)
    expect(
      policy.filter(
        ({ actions, condition }) =>
          actions.includes('dynamodb:Query') &&
          Object(condition)['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']?.includes('AUTHORITY'),
      ),
    ).not.toEqual([]);
});

test('what asks in its handler which Region is active uses the table', () => {
  const asking = FUNCTION_NAMES.filter((name) =>
    readFileSync(join('functions', name, 'handler.ts'), 'utf8').includes('activeRegionElsewhere('),
  );
  expect(asking).toContain('sweep-reservations');
  expect(asking.filter((name) => TABLE_PERMISSIONS[name].length === 0)).toEqual([]);
});

describe('the standby Region', () => {
  const templates = [standby.authority, standby.service];

  test('imports nothing of the other one, and names it only for what never changes', () => {
    const json = templates.map((template) => JSON.stringify(template.toJSON())).join('');
    const elsewhere = [...json.matchAll(/[^"]*eu-central-1[^"]*/g)].map(([found]) => found);
    expect(new Set(elsewhere)).toEqual(
      new Set(['eu-central-1', deployer('eu-central-1'), 'arn:aws:kms:eu-central-1:']),
    );
    const types = templates.flatMap((template) =>
      Object.values(template.findResources('*')).map(({ Type }) => Type),
    );
    expect(types.filter((type) => /CrossRegion|SSM/.test(type))).toEqual([]);
    const policies = templates.flatMap((template) =>
      propertiesOf(template, 'AWS::IAM::Policy').flatMap(({ PolicyDocument }) =>
        statements(PolicyDocument ?? { Statement: [] }),
      ),
    );
    const resources = policies.flatMap((one) => one.resources);
    expect(resources.filter((resource) => resource.includes('eu-central-1'))).toEqual([]);
  });

  test('records the keys as the primary one does, and forbids its roles all keys but its own', () => {
    const recorded = {
      'Fn::Join': [
        '',
        [
          'arn:aws:kms:eu-central-1:',
          Match.anyValue(),
          ':key/mrk-',
          { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeploymentGuardCheck'), 'issuer1'] },
        ],
      ],
    };
    standby.authority.hasResourceProperties('Custom::AuthorityData', {
      issuers: Match.arrayWith([Match.objectLike({ id: 'issuer-1', keyArn: recorded })]),
    });
    standby.authority.hasResourceProperties('AWS::KMS::ReplicaKey', { PrimaryKeyArn: recorded });
    const denied = propertiesOf(standby.authority, 'AWS::IAM::Policy')
      .flatMap(({ PolicyDocument }) => Object(PolicyDocument).Statement)
      .find(({ Sid }) => Sid === 'OnlyDeclaredKeys');
    const replicas = Object.keys(standby.authority.findResources('AWS::KMS::ReplicaKey'));
    expect([denied.NotResource].flat().map(text).sort()).toEqual(replicas.map((id) => `<${id}.Arn>`).sort());
  });

  test('has no name of the account or of the world that the primary one has', () => {
    const WORLDWIDE: Readonly<Record<string, string>> = {
      'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
      'AWS::IAM::Role': 'RoleName',
      'AWS::CloudWatch::Dashboard': 'DashboardName',
      'AWS::Budgets::Budget': 'Budget',
      'AWS::S3::Bucket': 'BucketName',
    };
    const namesIn = (pair: Pair) =>
      Object.entries(WORLDWIDE).flatMap(([type, property]) =>
        [pair.authority, pair.service].flatMap((template) =>
          propertiesOf(template, type).flatMap((properties) =>
            properties[property] === undefined ? [] : [`${type} ${JSON.stringify(properties[property])}`],
          ),
        ),
      );
    const [here, there] = [namesIn(primary), namesIn(standby)];
    expect(here.length).toBeGreaterThan(6);
    expect(there.filter((name) => here.includes(name))).toEqual([]);
  });
});

describe('the active Region', () => {
  const silent = (template: Template) =>
    Object.entries(template.findResources('AWS::CloudWatch::Alarm'))
      .filter(([, { Properties }]) => Properties.ActionsEnabled === false)
      .map(([id]) => id.replace(/Alarm[0-9A-F]{8}$/, ''))
      .sort();

  test('is what a deployment of either Region says, to the check and to what follows the change', () => {
    for (const { authority, service } of [taken.primary, taken.standby]) {
      const regions = { primary: 'eu-central-1', standby: 'eu-west-1', active: 'eu-west-1' };
      authority.hasResourceProperties('Custom::DeploymentCheck', { regions });
      service.hasResourceProperties('Custom::DeploymentCheck', { regions });
      for (const type of ['Custom::Authority', 'Custom::AuthorityData', 'Custom::RevocationLists'])
        authority.hasResourceProperties(type, { activeRegion: 'eu-west-1' });
      authority.hasResourceProperties('Custom::Authority', { responderKeyArn: Match.anyValue() });
    }
    primary.authority.hasResourceProperties('Custom::Authority', { activeRegion: 'eu-central-1' });
  });

  test('is not changed by a rollback: the step that changes it may ask for the state of its stack, and of no other', () => {
    for (const { authority } of [primary, standby]) {
      const [policy] = propertiesOf(authority, 'AWS::IAM::Policy').filter(({ PolicyName }) =>
        text(PolicyName).startsWith('CreateAuthority'),
      );
      const allowed = statements(policy?.['PolicyDocument'] ?? { Statement: [] });
      const asking = allowed.filter(({ actions }) => actions.join().includes('cloudformation'));
      expect(asking).toEqual([
        expect.objectContaining({
          actions: ['cloudformation:DescribeStacks'],
          resources: [expect.stringMatching(/:stack\/fleetseal-acme-authority\/\*$/)],
        }),
      ]);
    }
  });

  test('has the alarms that would ring in the other one because it rests', () => {
    const authority = ['MaintenanceAge', 'OcspAlarmsFailing', 'OcspAlarmsFailingQuietly', 'PublicationAge'];
    const service = ['HttpApiAlarmsFailing', 'HttpApiAlarmsFailingQuietly'];
    expect([silent(primary.authority), silent(primary.service)]).toEqual([[], []]);
    expect([silent(standby.authority), silent(standby.service)]).toEqual([authority, service]);
    expect([silent(taken.primary.authority), silent(taken.primary.service)]).toEqual([authority, service]);
    expect([silent(taken.standby.authority), silent(taken.standby.service)]).toEqual([[], []]);
  });
});

test('one distribution has the name of the revocation data; the other one can get it', () => {
  const served = ({ authority }: Pair) => {
    const [distribution] = propertiesOf(authority, 'AWS::CloudFront::Distribution');
    const { Aliases = [], ViewerCertificate } = Object(distribution).DistributionConfig;
    expect(ViewerCertificate.AcmCertificateArn).toBe(certificate('us-east-1'));
    authority.hasOutput('RevocationDistributionId', {});
    authority.hasOutput('RevocationUrl', { Value: 'http://pki.example.com' });
    return Aliases;
  };
  expect([served(primary), served(standby)]).toEqual([['pki.example.com'], []]);
  expect([served(taken.primary), served(taken.standby)]).toEqual([[], ['pki.example.com']]);
});

describe('settings', () => {
  const { inStandby } = REGIONS;
  const mutualTls = { domainName: 'renew.example.com', certificateArn: inStandby.api.certificateArn };
  test.each([
    {
      name: 'an archive',
      change: { archive: { afterDays: 400 } },
      says: 'archive: cannot be set with regions, because its bucket is in one Region, and the other one would not find what is in it; leave out archive, or regions',
    },
    {
      name: 'a root key that is disabled between uses',
      change: { root: { disabledBetweenUses: true } },
      says: 'regions: the key of a root cannot be disabledBetweenUses, because the passive Region would keep its replica enabled; set it to false, or leave out regions',
    },
    {
      name: 'a trust store that the service publishes',
      change: { api: { ...SETTINGS.api, mutualTls } },
      says: 'regions: api.mutualTls needs a trustStoreUri in each Region, because the passive one publishes no trust store',
    },
    {
      name: 'a trust store that the service publishes, in the standby Region',
      change: { regions: { ...REGIONS, inStandby: { ...inStandby, api: { ...inStandby.api, mutualTls } } } },
      says: 'regions.inStandby.api: mutualTls needs a trustStoreUri there too',
    },
    {
      name: 'the same Region twice',
      change: { regions: { ...REGIONS, standby: 'eu-central-1' } },
      says: 'regions.standby: must be another Region than primary, eu-central-1',
    },
    {
      name: 'no Region',
      change: { regions: { primary: 'Frankfurt', standby: 'eu-west-1' } },
      says: 'regions.primary: must be the name of a Region, as in "eu-central-1"',
    },
    {
      name: 'an active Region by its name',
      change: { regions: { ...REGIONS, active: 'eu-west-1' } },
      says: 'regions.active: must be "primary" or "standby"',
    },
    {
      name: 'no name of the revocation data',
      change: { revocation: {} },
      says: 'regions: needs revocation.domainName, because certificates contain one address of the revocation data',
    },
    {
      name: 'no name of the API',
      change: { api: {}, regions: { ...REGIONS, inStandby: { ...inStandby, api: undefined } } },
      says: 'regions: needs api.domainName, because hosts keep the address that they enrolled at',
    },
    {
      name: 'nothing in place of what is of the primary Region',
      change: { regions: { ...REGIONS, inStandby: { encryption: inStandby.encryption } } },
      says: 'regions.inStandby.api: api.certificateArn is of eu-central-1; set api for the standby Region, eu-west-1, too',
    },
    {
      name: 'something of a third Region',
      change: { alarmTopicArn: arn('sns', 'eu-north-1', 'alarms') },
      says: 'alarmTopicArn: is of eu-north-1, and must be of the primary Region, eu-central-1',
    },
    {
      name: 'a key of the table in one Region',
      change: { regions: { ...REGIONS, inStandby: { ...inStandby, encryption: {} } } },
      says: 'regions.inStandby.encryption: must set tableKeyArn in both Regions, or in neither: one table has one kind of key',
    },
    {
      name: 'a mistake in what the standby Region has',
      change: {
        regions: { ...REGIONS, inStandby: { ...inStandby, api: { domainName: 'certs.example.com' } } },
      },
      says: 'regions.inStandby.api: must set both domainName and certificateArn, or neither',
    },
    {
      name: 'a value that is wrong by itself there',
      change: { regions: { ...REGIONS, inStandby: { ...inStandby, api: { domainName: '*' } } } },
      says: 'regions.inStandby.api.domainName: must be a lower-case DNS name without a wildcard',
    },
    {
      name: 'a setting that is of the whole authority',
      change: { regions: { ...REGIONS, inStandby: { ...inStandby, root: {} } } },
      says: 'regions.inStandby.root: unknown setting',
    },
  ])('with $name are refused', ({ change, says }) => {
    expect(() => readSettings({ ...SETTINGS, ...change })).toThrow(says);
  });

  test('of a private API need other endpoints in the standby Region, and no name', () => {
    const api = { vpcEndpointIds: ['vpce-0123456789abcdef0'] };
    const regions = { ...REGIONS, inStandby: { encryption: inStandby.encryption } };
    expect(() => readSettings({ ...SETTINGS, api, regions })).toThrow(
      'regions.inStandby.api: api.vpcEndpointIds are of eu-central-1; set api for the standby Region, eu-west-1, too',
    );
    const there = { api: { vpcEndpointIds: ['vpce-0fedcba9876543210'] }, encryption: inStandby.encryption };
    readSettings({ ...SETTINGS, api, regions: { ...REGIONS, inStandby: there } });
  });
});
