import { Duration } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { OperatorAlarm } from './operator-alarm.ts';

export interface ApiAlarmsProps {
  readonly stage: Stage;
  /** Heading of the runbook in docs/operations.md. */
  readonly runbook: string;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/**
 * Alarms on server errors of an API: several in ten minutes; and, for a fleet that sends a request now and then, at least
 * half of the requests in two hours of a day.
 */
export class ApiAlarms extends Construct {
  constructor(scope: Construct, id: string, { stage, runbook, alarmTopicArn }: ApiAlarmsProps) {
    super(scope, id);
    const alarm = { metric: stage.metricServerError(), runbook, topicArn: alarmTopicArn };
    new OperatorAlarm(this, 'Failing', {
      ...alarm,
      period: Duration.minutes(5),
      when: { atLeast: 5 },
      periods: 2,
    });
    new OperatorAlarm(this, 'FailingQuietly', {
      ...alarm,
      period: Duration.hours(1),
      when: { share: 0.5 },
      periods: 2,
      outOf: 24,
    });
  }
}
