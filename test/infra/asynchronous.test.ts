import { expect, test } from '@jest/globals';
import { synthesizedDefaults } from './synthesized.ts';

/*
 * What happens to an event that a function fails on is said for every function that is invoked asynchronously: by a
 * schedule, by a subscription of a log, or by CloudFormation for a custom resource.
 */

const { authority, service } = synthesizedDefaults();
const resources = [authority, service].flatMap((template) => Object.values(template.toJSON()['Resources']));

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const of = (wanted: (type: string) => boolean) =>
  (resources as readonly Resource[]).filter(({ Type }) => wanted(Type)).map(({ Properties }) => Properties);

interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::ImportValue'?: string;
}

/** What the service stack imports, by the name of the export. */
const exported = new Map(
  Object.values(authority.findOutputs('*')).map(({ Export, Value }) => [Export?.Name, Value]),
);

/** The logical id in `{ "Ref": id }` or `{ "Fn::GetAtt": [id, "Arn"] }`, also by the export of the other stack. */
function referred(value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': name } = value as Reference;
  if (name !== undefined) return referred(exported.get(name) ?? {});
  return Ref ?? attribute?.[0] ?? '';
}

const limits = new Map(
  of((type) => type === 'AWS::Lambda::EventInvokeConfig').map((config) => [
    referred(config['FunctionName']),
    [config['MaximumRetryAttempts'], config['MaximumEventAgeInSeconds']],
  ]),
);

test('every function that is invoked asynchronously says how often and how long an event is tried, and no other', () => {
  const invoked = [
    ...of((type) => type === 'AWS::Scheduler::Schedule').map(({ Target }) =>
      referred((Target as { Arn: unknown }).Arn),
    ),
    ...of((type) => type.startsWith('Custom::')).map(({ ServiceToken }) => referred(ServiceToken)),
    ...of((type) => type === 'AWS::Logs::SubscriptionFilter').map(({ DestinationArn }) =>
      referred(DestinationArn),
    ),
  ];
  expect([...limits.keys()].sort()).toEqual([...new Set(invoked)].sort());
});

test('an event of a schedule is dropped when the next one is due, at the latest after the 6 hours that Lambda keeps one', () => {
  expect(
    Object.fromEntries([...limits].map(([id, values]) => [id.replace(/Function.*/, ''), values])),
  ).toEqual({
    CreateAuthority: [2, 300],
    DeploymentGuard: [2, 300],
    MaintainAuthority: [2, 300],
    PublishCrls: [2, 300],
    PublishEvents: [2, 60],
    PublishRejections: [2, 3600],
    ReconcileSignatures: [2, 3600],
    SweepReservations: [2, 300],
    MeasureAdoption: [2, 3600],
    ReportExpiry: [2, 21_600],
  });
});
