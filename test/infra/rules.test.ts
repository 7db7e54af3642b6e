import { describe, expect, test } from '@jest/globals';
import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { withApp } from './synthesized.ts';

describe('the rules of cdk-nag', () => {
  // That they hold with the defaults, every other test of this folder shows: a synthesis throws where one does not. With
  // all settings set: test/exhaustive/templates.test.ts.
  const refused = refusal();

  test.each([
    ['AwsSolutions', 'AwsSolutions::AwsSolutions-SQS4'],
    ['Serverless', 'Serverless::Serverless-SQSRedrivePolicy'],
  ])('stop a synthesis that violates one of %s', (_pack, rule) => {
    expect(refused).toContain(rule);
  });

  test('are waived for these reasons only', () => {
    expect(withApp({}, waived)).toEqual([
      'AwsSolutions-APIG2: The functions validate every request and report each wrong field, which the gateway cannot.',
      'AwsSolutions-APIG2: The responder reads every request strictly; the gateway reads no DER.',
      'AwsSolutions-APIG3: A WAF is up to the operator; the stage throttles, and no unauthenticated request causes a signature.',
      'AwsSolutions-APIG3: A WAF is up to the operator; the stage throttles, and responses are stored.',
      'AwsSolutions-APIG4: Answers 404 or 405 and reads nothing.',
      'AwsSolutions-APIG4: GET /bootstrap.ps1 is public by the HTTP contract.',
      'AwsSolutions-APIG4: GET /bootstrap.sh is public by the HTTP contract.',
      'AwsSolutions-APIG4: GET /openapi.json is public by the HTTP contract.',
      'AwsSolutions-APIG4: GET /renewal/{serial} is public by the HTTP contract.',
      'AwsSolutions-APIG4: GET /rotate.ps1 is public by the HTTP contract.',
      'AwsSolutions-APIG4: GET /rotate.sh is public by the HTTP contract.',
      'AwsSolutions-APIG4: GET /trust is public by the HTTP contract.',
      'AwsSolutions-APIG4: GET /trust.pem is public by the HTTP contract.',
      'AwsSolutions-APIG4: OCSP is public (RFC 6960), and no request causes more than one signature per certificate and window.',
      'AwsSolutions-APIG4: POST /enroll is public by the HTTP contract.',
      'AwsSolutions-APIG4: POST /renew is public by the HTTP contract.',
      'AwsSolutions-APIG4: POST /renew/confirm is public by the HTTP contract.',
      'AwsSolutions-APIG4: POST /revoke is public by the HTTP contract.',
      'AwsSolutions-CFR1: Verifiers are wherever the hosts are.',
      'AwsSolutions-CFR2: A WAF is up to the operator; the data are public, and OCSP is throttled at its API.',
      'AwsSolutions-CFR3: A log of the requests would say which host verifies whom; OCSP has the access log of its API.',
      'AwsSolutions-CFR4: CloudFront fixes the TLS versions of its own name; the data are signed, and served over HTTP too.',
      'AwsSolutions-COG4: Admin routes use IAM: there is no secret to issue, and CloudTrail records the caller.',
      'AwsSolutions-COG4: OCSP is public (RFC 6960).',
      "AwsSolutions-IAM4[AmazonAPIGatewayPushToCloudWatchLogs]: The account's one role for API Gateway's logs; AWS documents this managed policy for it.",
      'AwsSolutions-IAM5[DELETE/blocks/*/*]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[DELETE/replacements/*]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[DELETE/roots/*]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[DELETE/tokens/*]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[GET/certificates/*/history]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[GET/certificates/*/kit]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[GET/certificates/*]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[GET/tokens/*]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/certificates/*/revoke]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/issuers/*/activate]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/issuers/*/compromise]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/issuers/*/drain]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/issuers/*/retire]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/names/*/*/revoke]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/profiles/*/tokens]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/roots/*/acknowledge]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/roots/*/activate]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/roots/*/certify]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/roots/*/retire]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[POST/tokens/*/revoke]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[PUT/blocks/*/*]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[PUT/issuers/*/certificate]: A wildcard stands for a parameter of the path: the id of a token, a serial number, a profile or a name.',
      'AwsSolutions-IAM5[Resource::*]: Lambda asks for dynamodb:ListStreams, which knows no resource.',
      'AwsSolutions-IAM5[Resource::*]: ListStacks has no resource.',
      'AwsSolutions-IAM5[Resource::*]: cloudtrail:LookupEvents knows no resource; the event history has no secrets.',
      'AwsSolutions-IAM5[Resource::<RevocationBucketBD0CB1AF.Arn>/ca/*]: The wildcard stands for the lists and certificates of every CA.',
      'AwsSolutions-IAM5[Resource::<RevocationBucketBD0CB1AF.Arn>/crl/*]: The wildcard stands for the lists and certificates of every CA.',
      'AwsSolutions-IAM5[Resource::<RevocationBucketBD0CB1AF.Arn>/crl/issuer-*]: The wildcard stands for the lists and certificates of every CA.',
      'AwsSolutions-IAM5[Resource::<RevocationBucketBD0CB1AF.Arn>/crl/root-*]: The wildcard stands for the lists and certificates of every CA.',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/fleetseal-fleet-authority/*]: The wildcard stands for the id of the stack.',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/fleetseal-fleet-service/*]: The wildcard stands for the id of the stack.',
      'AwsSolutions-IAM5[Resource::fleetseal-fleet-authority:ExportsOutputFnGetAttArchiveBucket93645409Arn942F4F45/certificates/*]: The wildcard stands for the objects of the archive, whose names are drawn.',
      'AwsSolutions-S1: Only functions of the service read and write it, and each of their requests is in the access log of the API or in the log of the job.',
      'AwsSolutions-S1: The objects are public through CloudFront, their versions show every change, and the functions that write log each list.',
      'AwsSolutions-SQS3: It is the queue of what failed: people read it.',
      'Serverless-APIGWXrayEnabled: The id of a request joins the access log with the log of its function. X-Ray costs by the request, and gives roles that sign one permission more: a setting turns it on.',
      'Serverless-LambdaAsyncFailureDestination: An event says only that it is time: the next one does the same work, and an alarm rings.',
      'Serverless-LambdaAsyncFailureDestination: CloudFormation waits for the response, and fails the deployment where none comes.',
      'Serverless-LambdaAsyncFailureDestination: The lines stay in the log, and the metric RequestsRefused counts them.',
      'Serverless-LambdaDLQ: No event needs keeping: the caller of a request gets its error, a schedule runs again, and the stream has a queue for failed batches.',
      'Serverless-LambdaTracing: The id of a request joins the access log with the log of its function. X-Ray costs by the request, and gives roles that sign one permission more: a setting turns it on.',
      'Serverless-SQSRedrivePolicy: It is the queue of what failed: people read it.',
    ]);
  });
});

/** The message of a synthesis with a queue that violates rules. */
function refusal(): string {
  return withApp({}, (app) => {
    new Queue(app.node.findChild('FleetsealService') as Stack, 'Careless');
    try {
      return app.synth().directory;
    } catch (error) {
      return String(error);
    }
  });
}

/** Every acknowledged rule with its reason, each once. */
function waived(app: App): readonly string[] {
  const lines = app.node
    .findAll()
    .flatMap((construct) => construct.node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(
      ([id, reason]) =>
        `${id.replace(/^Annotation::/, '').replace(/\[.*(?:service-role|v1)\//, '[')}: ${reason}`,
    );
  return [...new Set(lines)].sort();
}
