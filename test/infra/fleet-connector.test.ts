import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { statements, synthesized, synthesizedDefaults, text } from './synthesized.ts';

const apiKeySecretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kibana-aB3dE6';
const { service } = synthesized({
  fleetConnector: { kibanaUrl: 'https://kibana.example.com', apiKeySecretArn, space: 'fleet' },
});

describe('the Fleet connector', () => {
  test('is not there by default', () => {
    const { service: without } = synthesizedDefaults();
    without.resourceCountIs('AWS::Events::Rule', 0);
    without.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { API_KEY_SECRET_ARN: Match.anyValue() } } },
      0,
    );
  });

  const queue = Match.stringLikeRegexp('^FleetConnectorRevoked');
  const failed = { 'Fn::GetAtt': [Match.stringLikeRegexp('^FleetConnectorFailed'), 'Arn'] };

  const undelivered = {
    'Fn::GetAtt': [Match.stringLikeRegexp('^FleetConnectorUndeliveredFailed'), 'Arn'],
  };

  test('queues the event of each revocation; what EventBridge cannot deliver is in a queue of its own', () => {
    service.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['fleetseal'], 'detail-type': ['certificate.revoked'] },
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [queue, 'Arn'] }, DeadLetterConfig: { Arn: undelivered } }],
    });
  });

  test('is there before events are made of what the stream still has', () => {
    const [mapping] = Object.entries(service.findResources('AWS::Lambda::EventSourceMapping')).filter(
      ([id]) => id.startsWith('PublishEventsStream'),
    );
    expect(mapping?.[1]['DependsOn']).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^FleetConnectorRule[0-9A-F]{8}$/),
        expect.stringMatching(/^FleetConnectorRevokedPolicy/),
        expect.stringMatching(/^FleetConnectorUndeliveredFailedPolicy/),
      ]),
    );
  });

  test('tries every five minutes for two hours, then gives up to its queue', () => {
    service.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 300,
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: { maxReceiveCount: 24, deadLetterTargetArn: failed },
    });
    service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test('lets only its rule send, and EventBridge for it what it could not deliver', () => {
    const senders = Object.values(service.findResources('AWS::SQS::QueuePolicy'))
      .flatMap(({ Properties }) => statements(Properties.PolicyDocument))
      .filter(({ effect }) => effect === 'Allow');
    expect(senders.map(({ actions, condition }) => [actions.includes('sqs:SendMessage'), condition])).toEqual(
      Array.from({ length: 2 }, () => [
        true,
        {
          ArnEquals: {
            'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^FleetConnectorRule/), 'Arn'] },
          },
        },
      ]),
    );
  });

  test('calls the space of Kibana, with the secret that its role alone reads', () => {
    service.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          KIBANA_URL: 'https://kibana.example.com/s/fleet',
          API_KEY_SECRET_ARN: apiKeySecretArn,
        }),
      },
    });
    const reading = Object.values(service.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      statements(Properties.PolicyDocument).some(({ actions }) =>
        actions.some((one) => /^secretsmanager/.test(one)),
      ),
    );
    expect(reading.map(({ Properties }) => Properties.Roles.map(text))).toEqual([
      [expect.stringMatching(/^<FleetConnectorUnenrollAgentRole\w+>$/)],
    ]);
    const own = statements(reading[0]?.['Properties'].PolicyDocument);
    expect(own.filter(({ resources }) => resources.includes(apiKeySecretArn))).toMatchObject([
      { effect: 'Allow', actions: ['secretsmanager:GetSecretValue'], resources: [apiKeySecretArn] },
    ]);
  });

  test('writes histories and nothing else of the ledger', () => {
    const writes = Object.values(service.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => /UnenrollAgent/.test(text(Properties.Roles[0])))
      .flatMap(({ Properties }) => statements(Properties.PolicyDocument))
      .filter(({ actions }) => actions.some((one) => /(Put|Update|Delete)Item/.test(one)));
    expect(writes.map(({ actions, condition }) => ({ actions, condition }))).toEqual([
      {
        actions: ['dynamodb:PutItem', 'dynamodb:Query'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['HISTORY#*'] } },
      },
    ]);
  });
});
