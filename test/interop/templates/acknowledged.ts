import type { Linter, LintFinding } from './linters.ts';

/** Findings of a linter that stand, with the reason. */
export interface Acknowledgement {
  readonly linter: Linter;
  readonly rule: string;
  /** Matches type and logical id, for example `AWS::SQS::Queue PublicationStreamFailedD48F2FA7`. */
  readonly resource: RegExp;
  readonly reason: string;
}

/** Whether the acknowledgement is of this finding. */
export function covers(one: Acknowledgement, finding: LintFinding): boolean {
  return one.linter === finding.linter && one.rule === finding.rule && one.resource.test(finding.resource);
}

/** Every finding that is known and stands. One that no linter reports any more fails the run. */
export const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    linter: 'cfn-lint',
    rule: 'W3005',
    resource: /^Custom::/,
    reason: 'CDK writes a dependency on a whole construct, the function with its policy, which is needed',
  },
  {
    linter: 'cfn-lint',
    rule: 'W3005',
    resource: /^AWS::Logs::SubscriptionFilter /,
    reason: 'CDK writes a dependency on a whole construct, the function with its permission, which is needed',
  },
  {
    linter: 'cfn-lint',
    rule: 'W3005',
    resource: /^AWS::(?:KMS::ReplicaKey|IAM::Policy|Lambda::Function|Lambda::EventSourceMapping) /,
    reason: 'everything in the stack waits for the check of the deployment, also what gets a value from it',
  },
  {
    linter: 'cfn-lint',
    rule: 'W6001',
    resource: /^Outputs\/Url\b/,
    reason: 'the API belongs to the stack of the keys, and its address works once this stack serves it',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_18',
    resource: /^AWS::S3::Bucket RevocationBucket/,
    reason: 'the objects are public, their versions show every change, and the functions log each list',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_18',
    resource: /^AWS::S3::Bucket ArchiveBucket/,
    reason: 'only functions of the service read and write it, and each logs what it does',
  },
  {
    linter: 'cfn-lint',
    rule: 'W6001',
    resource: /^Outputs\/Url\//,
    reason: 'the API is in the stack of the keys, and its stage, which is part of the URL, in this one',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_26',
    resource: /^AWS::SNS::Topic Alarms/,
    reason:
      'alarms hold no secret, and CloudWatch cannot publish to a topic that is encrypted with the key of AWS for SNS; ' +
      'a topic of your own may have a key (setting alarmTopicArn)',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_27',
    resource: /^AWS::SQS::Queue /,
    reason: 'the queue is encrypted (SqsManagedSseEnabled); Checkov looks for a key of the customer',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_34',
    resource: /^AWS::CloudFront::Distribution /,
    reason: 'revocation data are signed and must be served over HTTP (RFC 5280 section 4.2.1.13)',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_59',
    resource: /^AWS::ApiGateway::Method /,
    reason: 'public by the HTTP contract, or a method ANY that responds with 404 or 405; see cdk-nag, APIG4',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_68',
    resource: /^AWS::CloudFront::Distribution /,
    reason: 'the data are public, and OCSP is throttled at its API',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_73',
    resource: /^AWS::ApiGateway::Stage /,
    reason:
      'the id of a request joins the logs; X-Ray gives roles that sign one permission more: a setting turns it on',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_86',
    resource: /^AWS::CloudFront::Distribution /,
    reason: 'a log of the requests would say which host verifies whom',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_115',
    resource: /^AWS::Lambda::Function /,
    reason:
      'a reservation takes from the whole account; only enroll may have one (setting enrollConcurrency)',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_116',
    resource: /^AWS::Lambda::Function /,
    reason: 'no event needs keeping: a caller gets its error, a schedule runs again, a stream has its queue',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_117',
    resource: /^AWS::Lambda::Function /,
    reason: "the functions call only AWS's services, signed and over TLS; no network can reach them",
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_119',
    resource: /^AWS::DynamoDB::(?:Global)?Table /,
    reason: 'encrypted with a key of AWS; tokens and secrets are stored as hashes only',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_120',
    resource: /^AWS::ApiGateway::Stage /,
    reason: 'responses depend on the caller; those of OCSP are cached by CloudFront',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_158',
    resource: /^AWS::Logs::LogGroup /,
    reason: 'encrypted by CloudWatch Logs; the logs hold no secret',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_173',
    resource: /^AWS::Lambda::Function /,
    reason: 'the variables are names, addresses and numbers: no secret',
  },
  {
    linter: 'checkov',
    rule: 'CKV_AWS_174',
    resource: /^AWS::CloudFront::Distribution /,
    reason: 'CloudFront fixes the versions of TLS of its own name; the data are signed',
  },
  {
    linter: 'parliament',
    rule: 'INVALID_ARN',
    resource: /^AWS::ApiGateway::RestApi /,
    reason:
      'API Gateway completes "execute-api:/..." (API Gateway developer guide, "Resource policy examples")',
  },
  {
    linter: 'parliament',
    rule: 'RESOURCE_MISMATCH',
    resource: /^AWS::IAM::Policy Publish(?:Crls|Events)Policy/,
    reason: 'the ARN of a stream ends in a time, whose colons parliament takes for the end of a part',
  },
  {
    linter: 'parliament',
    rule: 'RESOURCE_STAR',
    resource: /^AWS::KMS::(?:Replica)?Key /,
    reason: 'in a key policy "*" is this key (KMS developer guide, "Key policies in AWS KMS")',
  },
  {
    linter: 'parliament',
    rule: 'UNKNOWN_CONDITION_FOR_ACTION',
    resource: /^AWS::IAM::Role /,
    reason:
      'Lambda sets lambda:SourceFunctionArn for every call of a function (Lambda developer guide, "Using source ' +
      'function ARN to control function access behavior")',
  },
];
