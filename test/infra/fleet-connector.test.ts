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
    without.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    without.resourceCountIs('AWS::SQS::Queue', 0);
  });

  test('reads the new entries of revoked certificates, an hour long, then gives up to its queue', () => {
    service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 1,
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 3600,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('Failed'), 'Arn'] } },
      },
      FilterCriteria: {
        Filters: [
          {
            Pattern: JSON.stringify({
              eventName: ['INSERT', 'MODIFY'],
              dynamodb: { Keys: { pk: { S: [{ prefix: 'REVOKED#' }] } } },
            }),
          },
        ],
      },
    });
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
