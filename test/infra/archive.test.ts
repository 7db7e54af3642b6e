import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { statements, synthesized, synthesizedDefaults, text } from './synthesized.ts';

const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/11112222-3333-4444-5555-666677778888';
const plain = synthesizedDefaults();
const { authority, service } = synthesized({
  archive: { afterDays: 400 },
  encryption: { tableKeyArn: keyArn },
});

/** The bucket whose logical id begins so. */
const bucketIn = (template: Template) => {
  const [found] = Object.entries(template.findResources('AWS::S3::Bucket')).filter(([id]) =>
    id.startsWith('ArchiveBucket'),
  );
  return { id: found?.[0] ?? '', resource: found?.[1] };
};

const allowed = (template: Template, role: RegExp) =>
  Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some((one: unknown) => role.test(text(one))))
    .flatMap(({ Properties }) => statements(Properties.PolicyDocument));

describe('the bucket of the archive', () => {
  test('is there with any settings, private, versioned and retained', () => {
    expect(bucketIn(plain.authority).resource).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
    });
  });

  test('takes TLS only, and no deletion from anybody', () => {
    const { id } = bucketIn(plain.authority);
    const policies = Object.values(plain.authority.findResources('AWS::S3::BucketPolicy')).filter(
      ({ Properties }) => text(Properties.Bucket) === `<${id}>`,
    );
    expect(policies).toHaveLength(1);
    expect(policies[0]).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(statements(policies[0]?.['Properties'].PolicyDocument)).toMatchObject([
      { effect: 'Deny', actions: ['s3:*'], condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { effect: 'Deny', actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'] },
    ]);
  });

  test('has keys of S3 whatever key the table has, so that none that changes makes what was archived unreadable', () => {
    expect(bucketIn(authority).resource).toEqual(bucketIn(plain.authority).resource);
    for (const role of [/ArchiveJobRole/, /^<GetCertificateRole/, /GetCertificateHistoryRole/]) {
      const uses = allowed(service, role).filter(({ resources }) => resources.includes(keyArn));
      expect(uses).toHaveLength(1);
      expect(JSON.stringify(uses[0]?.condition)).toMatch(/kms:ViaService.*"dynamodb\."/);
    }
  });
});

describe('the job', () => {
  test('is not there by default', () => {
    const names = Object.keys(plain.service.findResources('AWS::Lambda::Function'));
    expect(names.filter((name) => /Archive/.test(name))).toEqual([]);
  });

  test('runs every six hours, and rings where it fails, does not run, or is a month behind', () => {
    service.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(6 hours)',
      Target: Match.objectLike({
        Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ArchiveJob'), 'Arn'] },
      }),
    });
    const alarms = Object.values(service.findResources('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) =>
        Properties.AlarmDescription === 'Runbook: docs/operations.md, "Certificates are not archived"',
    );
    expect(alarms).toHaveLength(3);
    service.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ArchiveBehindSeconds',
      Threshold: 30 * 86_400,
      Period: 6 * 3600,
      EvaluationPeriods: 4,
      TreatMissingData: 'notBreaching',
    });
  });

  test('may delete certificates, and write new objects only', () => {
    const own = allowed(service, /ArchiveJobRole/);
    const items = own.flatMap(({ actions, condition }) =>
      actions
        .filter((action) => action.startsWith('dynamodb:'))
        .map((action) => {
          const keys = (condition as Record<string, Record<string, readonly string[]>> | undefined)?.[
            'ForAllValues:StringLike'
          ]?.['dynamodb:LeadingKeys'];
          return `${action.slice('dynamodb:'.length)} ${keys?.join(' ') ?? 'index'}`;
        }),
    );
    expect(items.sort()).toEqual([
      'BatchGetItem CERT#* DEPLOYMENT#*',
      'DeleteItem CERT#* DEPLOYMENT#* HISTORY#*',
      'GetItem AUTHORITY',
      'PutItem ARCHIVED#*',
      'Query AUTHORITY HISTORY#*',
      'Query index',
    ]);
    const writes = own.filter(({ actions }) => actions.some((action) => /^s3:.*(Put|Delete)/.test(action)));
    expect(writes).toMatchObject([
      {
        actions: ['s3:PutObject'],
        resources: [expect.stringMatching(/\/certificates\/\*$/)],
        condition: { Null: { 's3:if-none-match': 'false' } },
      },
    ]);
  });
});
