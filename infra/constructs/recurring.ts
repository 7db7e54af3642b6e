import { Aws, Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { OperatorAlarm } from './operator-alarm.ts';

export interface RecurringProps {
  readonly fn: IFunction;
  readonly minutes: number;
  /** Heading of docs/operations.md for when runs fail. */
  readonly runbook: string;
  readonly alarmTopicArn?: string | undefined;
}

/** Runs a function every so many minutes. A run that fails is not repeated: the next one does its work too. */
export class Recurring extends Construct {
  constructor(scope: Construct, id: string, { fn, minutes, runbook, alarmTopicArn }: RecurringProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
    });
    const schedule = new CfnSchedule(this, 'Schedule', {
      scheduleExpression: `rate(${minutes} minute${minutes === 1 ? '' : 's'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: fn.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
    schedule.node.addDependency(policy);
    const alarm = { period: Duration.minutes(minutes), periods: 3, runbook, topicArn: alarmTopicArn };
    new OperatorAlarm(this, 'Failing', { ...alarm, metric: fn.metricErrors(), when: { atLeast: 1 } });
    new OperatorAlarm(this, 'Missing', { ...alarm, metric: fn.metricInvocations(), when: { fewerThan: 1 } });
  }
}
