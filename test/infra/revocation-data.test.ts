import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { statements, synthesized, synthesizedDefaults, text } from './synthesized.ts';

const defaults = synthesizedDefaults().authority;
const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888';
const aliased = synthesized({ revocation: { domainName: 'pki.example.com', certificateArn } }).authority;

describe('the bucket', () => {
  const [policy] = Object.values(defaults.findResources('AWS::S3::BucketPolicy'));
  const bucketPolicy = statements(policy?.['Properties'].PolicyDocument);

  test('is private, encrypted, and keeps what is replaced for 90 days', () => {
    defaults.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 90 } })],
      },
    });
  });

  test('refuses plain HTTP, and every deletion', () => {
    const denied = bucketPolicy.filter(({ effect }) => effect === 'Deny');
    expect(denied.map(({ actions, principals, condition }) => ({ actions, principals, condition }))).toEqual([
      {
        actions: ['s3:*'],
        principals: ['*'],
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      { actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'], principals: ['*'], condition: undefined },
    ]);
  });

  test('is read by its distribution only', () => {
    const allowed = bucketPolicy.filter(({ effect }) => effect === 'Allow');
    expect(allowed.map(({ actions, principals }) => ({ actions, principals }))).toEqual([
      { actions: ['s3:GetObject'], principals: ['cloudfront.amazonaws.com'] },
    ]);
    const condition = allowed[0]?.condition as Record<string, Record<string, unknown>> | undefined;
    expect(text(condition?.['StringEquals']?.['AWS:SourceArn'])).toMatch(
      /:cloudfront::<AWS::AccountId>:distribution\/<RevocationDataDistribution\w+>$/,
    );
  });
});

describe('the distribution', () => {
  test('serves plain HTTP, and reads the bucket over HTTPS by signed requests', () => {
    defaults.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        DefaultCacheBehavior: {
          ViewerProtocolPolicy: 'allow-all',
          AllowedMethods: ['GET', 'HEAD'],
          Compress: false,
        },
        Origins: Match.arrayWith([Match.objectLike({ S3OriginConfig: { OriginAccessIdentity: '' } })]),
      },
    });
    defaults.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: {
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    });
  });

  test('caches as long as the response says, and no error for more than 5 seconds', () => {
    defaults.hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: {
        MinTTL: 0,
        DefaultTTL: 0,
        MaxTTL: 86_400,
        ParametersInCacheKeyAndForwardedToOrigin: {
          QueryStringsConfig: { QueryStringBehavior: 'none' },
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
        },
      },
    });
    defaults.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        CustomErrorResponses: [403, 404, 500, 502, 503, 504].map((ErrorCode) => ({
          ErrorCode,
          ErrorCachingMinTTL: 5,
        })),
      },
    });
  });

  test('has its own name, or the one of the settings with its certificate', () => {
    const url = (template: typeof defaults) => text(template.toJSON()['Outputs'].RevocationUrl.Value);
    expect(url(defaults)).toMatch(/^http:\/\/<RevocationDataDistribution\w+\.DomainName>$/);
    expect(url(aliased)).toBe('http://pki.example.com');
    aliased.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['pki.example.com'],
        ViewerCertificate: {
          AcmCertificateArn: certificateArn,
          MinimumProtocolVersion: 'TLSv1.2_2021',
          SslSupportMethod: 'sni-only',
        },
      },
    });
  });
});

test('bucket and distribution stay when the stack goes, unless its creation fails', () => {
  const kept = Object.values(defaults.toJSON()['Resources'] as Record<string, Record<string, string>>).filter(
    ({ Type = '' }) => /^AWS::(S3|CloudFront)::/.test(Type),
  );
  // Those of the archive too.
  expect(kept.map(({ Type }) => Type).sort()).toEqual([
    'AWS::CloudFront::CachePolicy',
    'AWS::CloudFront::Distribution',
    'AWS::CloudFront::OriginAccessControl',
    'AWS::S3::Bucket',
    'AWS::S3::Bucket',
    'AWS::S3::BucketPolicy',
    'AWS::S3::BucketPolicy',
  ]);
  for (const resource of kept)
    expect(resource).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
});
