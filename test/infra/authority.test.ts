import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { INDEXES } from '../../shared/config/table.ts';
import { type Statement, statements, synthesized, synthesizedDefaults, text } from './synthesized.ts';

const DEPLOYER = 'arn:aws:iam::111122223333:role/deployer';
const BREAK_GLASS = 'arn:aws:iam::111122223333:role/break-glass';
const ACCOUNT = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root';

const defaults = synthesizedDefaults().authority;
const named = synthesized({
  root: { keySpec: 'ECC_NIST_P384' },
  issuers: [{ id: 'issuer-1', keySpec: 'ECC_NIST_P256' }],
  keyAdministration: { deployerRoleArns: [DEPLOYER], breakGlassRoleArns: [BREAK_GLASS] },
}).authority;

/** Policies of the keys by the id of root or issuer. */
function keys(template: typeof defaults): ReadonlyMap<string, readonly Statement[]> {
  const found = Object.values(template.findResources('AWS::KMS::Key'));
  return new Map(
    found.map(({ Properties }) => [
      /(?:CA|OCSP) key (\S+)/.exec(Properties.Description)?.[1] ?? '',
      statements(Properties.KeyPolicy),
    ]),
  );
}

/** The logical id of a role's ARN attribute, without CDK's hash. */
const role = (principal: string) => principal.replace(/^<(.*)[0-9A-F]{8}\.Arn>$/, '$1');

/** That of the Deny. */
interface Condition {
  readonly ArnNotEquals: { readonly 'aws:PrincipalArn': readonly unknown[] };
}

const allowing = (policy: readonly Statement[], action: string) =>
  policy.filter(({ effect, actions }) => effect === 'Allow' && actions.includes(action));

describe.each([
  {
    name: 'root-1',
    signers: ['CreateAuthorityRole', 'MaintainAuthorityRole', 'CertifyIssuerRole'],
    readers: ['CreateAuthorityRole'],
    algorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
  },
  {
    name: 'issuer-1',
    signers: ['EnrollRole', 'RenewCertificateRole', 'PublishCrlsRole', 'MaintainAuthorityRole'],
    readers: ['CreateAuthorityRole'],
    algorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
  },
  {
    name: 'issuer-2',
    signers: ['EnrollRole', 'RenewCertificateRole', 'PublishCrlsRole', 'MaintainAuthorityRole'],
    readers: ['CertifyIssuerRole', 'MaintainAuthorityRole'],
    algorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
  },
  {
    name: 'responder-1',
    signers: ['AnswerOcspRole'],
    readers: ['MaintainAuthorityRole'],
    algorithm: 'ECDSA_SHA_256',
  },
])('the key of $name', ({ name, signers, readers, algorithm }) => {
  const policy = keys(defaults).get(name) ?? [];

  test(`lets only ${signers.join(' and ')} sign, only digests, only with its one algorithm`, () => {
    const signing = allowing(policy, 'kms:Sign');
    expect(signing).toHaveLength(1);
    expect(signing[0]?.principals.map(role)).toEqual(signers.toSorted());
    expect(signing[0]?.actions).toEqual(['kms:Sign']);
    expect(signing[0]?.condition).toEqual({
      StringEquals: { 'kms:SigningAlgorithm': algorithm, 'kms:MessageType': 'DIGEST' },
    });
  });

  test('denies signing to everybody else, grants included', () => {
    const denied = policy.filter(({ effect }) => effect === 'Deny');
    expect(denied).toHaveLength(1);
    expect(denied[0]).toMatchObject({ actions: ['kms:Sign'], principals: ['*'] });
    const { ArnNotEquals } = (denied[0] as Statement).condition as Condition;
    expect(ArnNotEquals['aws:PrincipalArn'].map(text).map(role).toSorted()).toEqual(signers.toSorted());
  });

  test('shows its public key to whom certifies it, if anybody', () => {
    const reading = allowing(policy, 'kms:GetPublicKey');
    expect(reading.flatMap(({ principals }) => principals.map(role))).toEqual(readers);
  });

  test('names every action: no wildcard, no grant, no replica', () => {
    const actions = policy.flatMap((statement) => statement.actions);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions).not.toContain('kms:CreateGrant');
    expect(actions).not.toContain('kms:ReplicateKey');
  });
});

describe('administration of the keys', () => {
  test('is what the account allows, where no role is named, and can be mended', () => {
    const policy = keys(defaults).get('root-1') ?? [];
    expect(allowing(policy, 'kms:PutKeyPolicy').map(({ principals }) => principals)).toEqual([[ACCOUNT]]);
  });

  test('is with the named roles; beside them only the root user can mend the policy', () => {
    const policy = keys(named).get('root-1') ?? [];
    expect(
      allowing(policy, 'kms:PutKeyPolicy').map(({ sid, principals, condition }) => ({
        sid,
        principals,
        condition,
      })),
    ).toEqual([
      { sid: 'Deploy', principals: [BREAK_GLASS, DEPLOYER], condition: undefined },
      {
        sid: 'RootUserRecovers',
        principals: [ACCOUNT],
        condition: { ArnEquals: { 'aws:PrincipalArn': { 'Fn::Join': expect.anything() } } },
      },
    ]);
  });

  test('deletes at once never, and calls a deletion off by break-glass alone', () => {
    const policy = keys(named).get('issuer-1') ?? [];
    expect(
      allowing(policy, 'kms:ScheduleKeyDeletion').map(({ principals, condition }) => [principals, condition]),
    ).toEqual([
      [
        [BREAK_GLASS, DEPLOYER],
        { NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': 30 } },
      ],
    ]);
    expect(allowing(policy, 'kms:CancelKeyDeletion').map(({ principals }) => principals)).toEqual([
      [BREAK_GLASS],
    ]);
  });
});

describe('what must never be lost', () => {
  test.each([
    { type: 'AWS::KMS::Key', count: 4 },
    { type: 'AWS::DynamoDB::Table', count: 1 },
    {
      type: 'AWS::IAM::Role',
      count: 8,
      of: /^fleetseal: function (?!check-deployment|reconcile-signatures)/,
    },
  ])('$type stays when the stack goes, unless its creation fails', ({ type, count, of = /^/ }) => {
    const resources = Object.values(defaults.findResources(type)).filter(({ Properties }) =>
      of.test(Properties.Description ?? ''),
    );
    expect(resources).toHaveLength(count);
    for (const resource of resources)
      expect(resource).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });

  test('keys take 30 days to delete', () => {
    defaults.allResourcesProperties('AWS::KMS::Key', { KeyUsage: 'SIGN_VERIFY', PendingWindowInDays: 30 });
  });

  test('the table is protected, on demand, and can be restored to any point in time', () => {
    defaults.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  test('the table can be restored for as many days as the settings say', () => {
    const { authority } = synthesized({ authority: 'fleet', recoveryPeriodDays: 7 });
    authority.hasResourceProperties('AWS::DynamoDB::Table', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
    });
  });

  test('the indexes are those of the shared schema', () => {
    for (const { name, partition, sort, include } of Object.values(INDEXES))
      defaults.hasResourceProperties('AWS::DynamoDB::Table', {
        GlobalSecondaryIndexes: Match.arrayWith([
          {
            IndexName: name,
            KeySchema: [
              { AttributeName: partition, KeyType: 'HASH' },
              { AttributeName: sort, KeyType: 'RANGE' },
            ],
            Projection:
              include.length === 0
                ? { ProjectionType: 'KEYS_ONLY' }
                : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...include] },
          },
        ]),
      });
  });
});

describe('key specs', () => {
  test('follow the settings', () => {
    const algorithm = (id: string) => allowing(keys(named).get(id) ?? [], 'kms:Sign')[0]?.condition;
    expect(algorithm('root-1')).toMatchObject({ StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_384' } });
    expect(algorithm('issuer-1')).toMatchObject({
      StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' },
    });
  });
});

test('the authority is created by the function, with the keys of the template, after its permissions', () => {
  const [authority] = Object.values(defaults.findResources('Custom::Authority'));
  expect(authority?.['Properties']).toMatchObject({
    authority: 'fleet',
    trustDomain: 'fleet',
    root: { id: 'root-1', keySpec: 'RSA_4096', lifetimeSeconds: 631_152_000 },
    issuers: [
      { id: 'issuer-1', keySpec: 'RSA_3072', lifetimeSeconds: 157_788_000 },
      { id: 'issuer-2', keySpec: 'RSA_3072', lifetimeSeconds: 157_788_000 },
    ],
    nameConstraints: { permittedDns: [], permittedIp: [] },
    crlShards: 16,
    revocationUrl: { 'Fn::Join': ['', ['http://', { 'Fn::GetAtt': [expect.any(String), 'DomainName'] }]] },
  });
  expect(authority?.['DependsOn']).toEqual(
    expect.arrayContaining([expect.stringMatching(/^CreateAuthorityPolicy/)]),
  );
});
