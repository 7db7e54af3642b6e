import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ARCHIVE_BEHIND_SECONDS } from '../../shared/config/metrics.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { ScheduledFunction } from './scheduled-function.ts';
import { ServiceFunction, type ServiceFunctionContext } from './service-function.ts';

export interface CertificateArchiveProps extends ServiceFunctionContext {
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

const RUNBOOK = 'Certificates are not archived';

const INTERVAL = Duration.hours(6);

/** Days that certificates may be overdue: what was there before the setting takes a while. */
const OVERDUE = Duration.days(30);

/** Moves certificates that expired long ago from the table to the archive. It exists only while the settings say so. */
export class CertificateArchive extends Construct {
  constructor(scope: Construct, id: string, props: CertificateArchiveProps) {
    super(scope, id);
    const { authority, alarmTopicArn } = props;
    const { fn } = new ServiceFunction(this, 'Job', {
      ...props,
      name: 'archive-certificates',
      // An operator may invoke it.
      functionName: `fleetseal-${authority}-archive-certificates`,
    });
    new ScheduledFunction(this, 'Schedule', {
      fn,
      minutes: INTERVAL.toMinutes(),
      runbook: RUNBOOK,
      alarmTopicArn,
    });
    new MeasuredAlarm(this, 'Behind', {
      authority,
      metric: ARCHIVE_BEHIND_SECONDS,
      period: INTERVAL,
      periods: 4,
      when: { highest: OVERDUE.toSeconds() },
      runbook: RUNBOOK,
      alarmTopicArn,
    });
  }
}
