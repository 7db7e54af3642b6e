import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesized, synthesizedDefaults } from './synthesized.ts';

const { service } = synthesizedDefaults();

const REVOCATIONS = {
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: { Keys: { pk: { S: [{ prefix: 'REVOKED#' }] } } },
};
const CERTIFICATES = { eventName: ['MODIFY'], dynamodb: { Keys: { pk: { S: [{ prefix: 'CERT#' }] } } } };

describe('events about certificates', () => {
  test('are made from the stream of the ledger, six hours long, then given up to a queue', () => {
    service.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 21_600,
      MaximumRetryAttempts: Match.absent(),
      DestinationConfig: {
        OnFailure: {
          Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PublishEventsStreamFailed'), 'Arn'] },
        },
      },
    });
  });

  test.each([
    { certificateEvents: 'revoked', patterns: [REVOCATIONS] },
    { certificateEvents: 'all', patterns: [REVOCATIONS, CERTIFICATES] },
  ])('are those of the setting: $certificateEvents', ({ certificateEvents, patterns }) => {
    synthesized({ certificateEvents }).service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FilterCriteria: { Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
    });
  });

  test('are revocations only, without the setting', () => {
    service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify(REVOCATIONS) }] },
    });
  });
});

test('refused enrollments are read from the log of enroll, only those whose token was recognised', () => {
  service.hasResourceProperties('AWS::Logs::SubscriptionFilter', {
    LogGroupName: { 'Fn::ImportValue': Match.stringLikeRegexp('RefEnrollLogs') },
    FilterPattern: '{ ($.message = "request") && ($.reason.authenticated IS TRUE) && ($.status < 500) }',
    DestinationArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PublishRejectionsFunction'), 'Arn'] },
  });
  const permissions = Object.values(service.findResources('AWS::Lambda::Permission'));
  const own = permissions.filter(({ Properties }) => Properties.Principal === 'logs.amazonaws.com');
  expect(own.map(({ Properties }) => Properties)).toMatchObject([
    {
      Action: 'lambda:InvokeFunction',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: { 'Fn::ImportValue': expect.stringMatching(/GetAttEnrollLogs.*Arn/) },
    },
  ]);
});
