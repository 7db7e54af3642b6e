import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { metrics, metricsDocument } from '../../docs/generate/metrics/document.ts';
import { statements, synthesized, synthesizedDefaults, text } from './synthesized.ts';

/*
 * What operators are called by: every alarm watches a metric that exists, says where its runbook is, and is quiet where
 * nothing was measured yet.
 */

const fleetConnector = {
  kibanaUrl: 'https://kibana.example.com',
  apiKeySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kibana-aB3dE6',
};
const { authority, service } = synthesized({
  alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
  fleetConnector,
  archive: { afterDays: 400 },
});

/** What an alarm watches, whether directly or through an expression. */
interface Watched {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

interface AlarmProperties extends Watched {
  readonly AlarmDescription: string;
  readonly TreatMissingData: string;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Watched };
  }[];
  readonly AlarmActions: readonly unknown[];
  readonly InsufficientDataActions?: readonly unknown[];
}

const alarms: readonly AlarmProperties[] = [authority, service].flatMap((template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties),
);

function watched(alarm: AlarmProperties): readonly Watched[] {
  if (alarm.Metrics === undefined) return [alarm];
  return alarm.Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
}

/** `Namespace MetricName >= threshold, m of n periods of s`, sorted. */
function written(alarm: AlarmProperties): string {
  const [metric] = watched(alarm);
  const { Period = 0, EvaluationPeriods, DatapointsToAlarm, ComparisonOperator, Threshold } = alarm;
  const sign = ComparisonOperator === 'LessThanThreshold' ? '<' : '>=';
  return `${metric?.MetricName} ${sign} ${Threshold}, ${DatapointsToAlarm} of ${EvaluationPeriods} periods of ${Period} s`;
}

test('a quiet fleet that fails raises an alarm, and so do quotas and rejected tokens', () => {
  expect(alarms.map(written)).toEqual(
    expect.arrayContaining([
      '5XXError >= 0.5, 2 of 24 periods of 3600 s',
      'CallCount >= 24000, 3 of 3 periods of 60 s',
      'SigningKeysUnusable >= 1, 1 of 1 periods of 300 s',
      'SigningThrottled >= 1, 3 of 3 periods of 300 s',
      'ThrottledRequests >= 1, 3 of 3 periods of 300 s',
      'Throttles >= 1, 3 of 3 periods of 300 s',
      'RequestsThrottled >= 1, 3 of 3 periods of 300 s',
      'RequestsRefused >= 100, 3 of 3 periods of 300 s',
    ]),
  );
});

const dimensionsOf = ({ Dimensions = [] }: Watched) => Dimensions.map(({ Name }) => Name).sort();

test('every alarm on a metric of the service watches one that a function emits, by its dimensions', () => {
  const own = alarms.flatMap(watched).filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
  const emitted = new Map(metrics().map(({ name, dimensions }) => [name, [...dimensions].sort()]));
  expect(own.length).toBeGreaterThan(5);
  for (const metric of own) {
    expect(metric.Namespace).toBe('fleetseal/fleet');
    expect([metric.MetricName, dimensionsOf(metric)]).toEqual([
      metric.MetricName,
      emitted.get(metric.MetricName),
    ]);
  }
});

/** Metrics of AWS by the name of their dimensions (the user guides of the services, "metrics and dimensions"). */
const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway 5XXError': ['ApiName', 'Stage'],
  'AWS/DynamoDB ThrottledRequests': ['Operation', 'TableName'],
  // Of the account: neither is told by resource.
  'AWS/Lambda Throttles': [],
  'AWS/Usage CallCount': ['Class', 'Resource', 'Service', 'Type'],
  'AWS/Lambda Errors': ['FunctionName'],
  'AWS/Lambda Invocations': ['FunctionName'],
  'AWS/Lambda IteratorAge': ['FunctionName'],
  'AWS/SQS ApproximateAgeOfOldestMessage': ['QueueName'],
  'AWS/SQS ApproximateNumberOfMessagesVisible': ['QueueName'],
};

test('every alarm on a metric of AWS watches a resource of the templates', () => {
  const theirs = alarms.flatMap(watched).filter(({ Namespace }) => Namespace.startsWith('AWS/'));
  const resources = [authority, service].flatMap((template) =>
    Object.entries(template.toJSON()['Resources'] as Record<string, { readonly Properties?: object }>),
  );
  const ids = new Set(resources.map(([id]) => id));
  const names = new Set(
    resources.flatMap(([, { Properties = {} }]) =>
      Object.values(Properties).filter((one) => typeof one === 'string'),
    ),
  );
  for (const metric of theirs) {
    expect([metric.Namespace, metric.MetricName, dimensionsOf(metric)]).toEqual([
      metric.Namespace,
      metric.MetricName,
      AWS_METRICS[`${metric.Namespace} ${metric.MetricName}`],
    ]);
    for (const { Name, Value } of metric.Dimensions ?? []) {
      if (metric.Namespace === 'AWS/Usage' || Name === 'Operation') continue;
      const value = text(Value);
      const [, id = ''] = /^<(\w+)/.exec(value) ?? [];
      expect([value, ids.has(id) || names.has(value)]).toEqual([value, true]);
    }
  }
});

/** The state of an alarm of which CloudWatch never had a value (user guide, "Configuring how alarms treat missing data"). */
function stateWithoutData({ TreatMissingData }: AlarmProperties): string {
  if (TreatMissingData === 'breaching') return 'ALARM';
  return TreatMissingData === 'notBreaching' ? 'OK' : 'INSUFFICIENT_DATA';
}

test('no alarm rings after a first deployment, before anything was measured', () => {
  for (const alarm of alarms)
    expect([alarm.AlarmDescription, stateWithoutData(alarm)]).not.toContain('ALARM');
  // Values are made up only after there was one.
  for (const { Metrics = [], TreatMissingData } of alarms)
    for (const { Expression } of Metrics)
      if (Expression?.includes('FILL('))
        expect([Expression, TreatMissingData]).toEqual([
          expect.stringMatching(/^FILL\(given, \d+\) \+ 0 \* FILL\(given, REPEAT\)$/),
          'missing',
        ]);
});

test('an alarm for values that cease to come notifies in both of the states that it takes then', () => {
  const missing = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'missing');
  expect(missing.length).toBeGreaterThan(5);
  for (const { AlarmActions, InsufficientDataActions } of missing)
    expect(InsufficientDataActions).toEqual(AlarmActions);
});

test('every alarm notifies the topic of the settings', () => {
  for (const { AlarmActions } of alarms)
    expect(AlarmActions).toEqual(['arn:aws:sns:eu-central-1:111122223333:alarms']);
});

describe('the topic of alarms', () => {
  const own = synthesized({ alarmEmails: ['pki@example.com'], monthlyBudgetDollars: 50 }).authority;

  test('is one of the deployment without a setting: by TLS only, for the alarms, budgets and events of the account', () => {
    own.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'fleetseal-fleet-alarms' });
    own.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'pki@example.com' });
    const [policy] = Object.values(own.findResources('AWS::SNS::TopicPolicy'));
    expect(
      statements(policy?.['Properties'].PolicyDocument).map(({ effect, actions, principals, condition }) => [
        effect,
        ...actions,
        ...principals,
        condition,
      ]),
    ).toEqual([
      ['Deny', 'sns:Publish', '*', { Bool: { 'aws:SecureTransport': 'false' } }],
      ...['cloudwatch', 'budgets', 'events'].map((service) => [
        'Allow',
        'sns:Publish',
        `${service}.amazonaws.com`,
        { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      ]),
    ]);
  });

  test('is what the alarms of the other stack notify, by its name', () => {
    const found = Object.values(synthesizedDefaults().service.findResources('AWS::CloudWatch::Alarm'));
    const topics = found.flatMap(({ Properties }) => Properties.AlarmActions.map(text));
    expect(new Set(topics)).toEqual(
      new Set(['arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:fleetseal-fleet-alarms']),
    );
  });

  test('is notified when the account costs more than the budget, or is going to', () => {
    const subscriber = { SubscriptionType: 'SNS', Address: { Ref: expect.stringMatching(/^AlarmsTopic/) } };
    const [budget] = Object.values(own.findResources('AWS::Budgets::Budget'));
    expect(budget?.['Properties']).toMatchObject({
      Budget: { BudgetLimit: { Amount: 50, Unit: 'USD' }, TimeUnit: 'MONTHLY', BudgetType: 'COST' },
      NotificationsWithSubscribers: [
        { Notification: { NotificationType: 'ACTUAL', Threshold: 100 }, Subscribers: [subscriber] },
        { Notification: { NotificationType: 'FORECASTED', Threshold: 100 }, Subscribers: [subscriber] },
      ],
    });
  });

  test('costs nothing by default: no budget, and no topic beside that of the settings', () => {
    authority.resourceCountIs('AWS::SNS::Topic', 0);
    authority.resourceCountIs('AWS::Budgets::Budget', 0);
  });
});

test('an archive keeps the events of the deployment by setting', () => {
  const kept = synthesized({ eventArchiveDays: 30 }).authority;
  kept.hasResourceProperties('AWS::Events::Archive', {
    ArchiveName: 'fleetseal-fleet',
    RetentionDays: 30,
    EventPattern: { source: ['fleetseal'] },
  });
  authority.resourceCountIs('AWS::Events::Archive', 0);
});

test('docs/metrics.md is what npm run docs writes', () => {
  const written = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  expect(written.split('\n')).toEqual(metricsDocument().split('\n'));
});
