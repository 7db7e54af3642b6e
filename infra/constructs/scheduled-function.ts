import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { OperatorAlarm } from './operator-alarm.ts';

export interface ScheduledFunctionProps {
  readonly fn: LambdaFunction;
  readonly minutes: number;
  /** Consecutive intervals that fail, or have no run, until an alarm rings. @default 3 */
  readonly intervals?: number;
  /** Heading of the runbook in docs/operations.md. */
  readonly runbook: string;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** Minutes that Lambda keeps an event at most (Lambda API, PutFunctionEventInvokeConfig). */
const LONGEST = 360;

/**
 * Runs a function at a fixed interval, with an alarm for failed runs and one for missing runs.
 *
 * EventBridge Scheduler invokes Lambda asynchronously. An event that it cannot deliver is dropped, because the next one
 * does the same work; Lambda repeats a failed run twice, after 1 and 2 minutes, and drops it when the next one is due
 * (Lambda developer guide, "Asynchronous invocation"). Nothing is sent to a queue: an event says only that it is time.
 */
export class ScheduledFunction extends Construct {
  constructor(scope: Construct, id: string, props: ScheduledFunctionProps) {
    super(scope, id);
    const { fn, minutes, intervals = 3, runbook, alarmTopicArn } = props;
    fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.minutes(Math.min(minutes, LONGEST)) });
    Validations.of(fn).acknowledge({
      id: 'Serverless-LambdaAsyncFailureDestination',
      reason: 'An event says only that it is time: the next one does the same work, and an alarm rings.',
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
    });
    const schedule = new Schedule(this, 'Schedule', {
      schedule: ScheduleExpression.rate(Duration.minutes(minutes)),
      target: new LambdaInvoke(fn, {
        // By default the target also allows every version and alias of the function.
        role: role.withoutPolicyUpdates(),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
    schedule.node.addDependency(policy);
    const alarm = { period: Duration.minutes(minutes), periods: intervals, runbook, topicArn: alarmTopicArn };
    new OperatorAlarm(this, 'Failing', { ...alarm, metric: fn.metricErrors(), when: { atLeast: 1 } });
    const missing = { ...alarm, metric: fn.metricInvocations(), when: { fewerThan: 1 } };
    // A schedule runs as soon as it is made (EventBridge Scheduler user guide, "Rate-based schedules"): there is a run before
    // the alarm looks for one.
    new OperatorAlarm(this, 'Missing', missing).node.addDependency(schedule);
  }
}
