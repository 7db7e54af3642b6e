import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { REQUESTS_THROTTLED, SIGNING_KEYS_UNUSABLE, SIGNING_THROTTLED } from '../../shared/config/metrics.ts';
import { familyOfCa } from '../../shared/domain/key-family.ts';
import type { Settings } from '../settings/settings.ts';
import type { LedgerTable } from './ledger-table.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { OperatorAlarm } from './operator-alarm.ts';

export interface QuotaAlarmsProps {
  readonly settings: Settings;
  readonly table: LedgerTable;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** The share of KMS's quota at which the alarm rings: a quota takes days to be raised. */
const KMS_SHARE = 0.8;

/** How usage metrics name the quotas of KMS, which are one for each family of keys (KMS developer guide, "Request quotas"). */
const USAGE_OF = { rsa: 'Rsa', ec: 'Ecc' } as const;

/** The operations of an enrollment: read, reserve and commit. */
const TABLE_OPERATIONS = ['BatchGetItem', 'TransactWriteItems', 'UpdateItem'] as const;

const RUNBOOK = 'Quotas are used up';

/**
 * Alarms on what slows the service down or stops it from outside: KMS, DynamoDB and Lambda that throttle, and CA keys that
 * cannot be used.
 */
export class QuotaAlarms extends Construct {
  constructor(scope: Construct, id: string, { settings, table, alarmTopicArn }: QuotaAlarmsProps) {
    super(scope, id);
    const { authority, quotas, issuers } = settings;
    const measured = { authority, alarmTopicArn, period: Duration.minutes(5) };
    new MeasuredAlarm(this, 'KeysUnusable', {
      ...measured,
      metric: SIGNING_KEYS_UNUSABLE,
      when: { atLeast: 1 },
      runbook: 'A CA key cannot be used',
    });
    new MeasuredAlarm(this, 'SigningThrottled', {
      ...measured,
      metric: SIGNING_THROTTLED,
      when: { atLeast: 1 },
      periods: 3,
      runbook: RUNBOOK,
    });
    new MeasuredAlarm(this, 'RequestsThrottled', {
      ...measured,
      metric: REQUESTS_THROTTLED,
      when: { atLeast: 1 },
      periods: 3,
      runbook: RUNBOOK,
    });
    const alarm = { runbook: RUNBOOK, topicArn: alarmTopicArn };
    for (const family of new Set(issuers.map(({ keySpec }) => USAGE_OF[familyOfCa(keySpec)])))
      new OperatorAlarm(this, `Kms${family}`, {
        ...alarm,
        metric: kmsCalls(family),
        period: Duration.minutes(1),
        when: { atLeast: KMS_SHARE * 60 * quotas.kmsSignaturesPerSecond },
        periods: 3,
      });
    for (const operation of TABLE_OPERATIONS)
      new OperatorAlarm(this, `Table${operation}`, {
        ...alarm,
        metric: table.throttledRequests(operation),
        period: Duration.minutes(5),
        when: { atLeast: 1 },
        periods: 3,
      });
    new OperatorAlarm(this, 'Lambda', {
      ...alarm,
      // Of all functions of the account, which share its concurrency.
      metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles' }),
      period: Duration.minutes(5),
      when: { atLeast: 1 },
      periods: 3,
    });
  }
}

/** Calls that count towards a quota, in the whole account ("Manage your AWS KMS API request rates", AWS Security Blog). */
function kmsCalls(family: string): Metric {
  return new Metric({
    namespace: 'AWS/Usage',
    metricName: 'CallCount',
    dimensionsMap: {
      Service: 'KMS',
      Type: 'API',
      Resource: `CryptographicOperations${family}`,
      Class: 'None',
    },
  });
}
