import { ARCHIVE_OBJECT_CERTIFICATES } from '../../../shared/archive/archive-certificates.ts';
import { metrics } from '../metrics/document.ts';
import { PRICES } from './prices.ts';
import { measuredUnits, writeUnits } from './units.ts';

/** A line of a bill, in US dollars. */
export interface CostLine {
  readonly what: string;
  readonly dollars: number;
}

/**
 * What the templates of the default settings have at most of what costs money while nothing happens:
 * `test/infra/cost.test.ts` counts.
 */
export const IDLE_RESOURCES = {
  keys: 4,
  /** Each alarm reads one or more. */
  alarmMetrics: 41,
  /** Invocations by schedules in a month of 30 days. */
  scheduledInvocations: 80_000,
} as const;

/** Of a function, on average; the milliseconds are mostly spent waiting for AWS. */
export const ASSUMED = {
  enrollMilliseconds: 60,
  enrollGigabytes: 1,
  /** Both lines of the function: `test/e2e/enroll.test.ts` measures that they are no longer. */
  functionLogBytes: 1300,
  /** Two lines of Lambda itself, that of the gateway's access log, and the 26 bytes that CloudWatch adds to each of the five. */
  otherLogBytes: 900,
  scheduledMilliseconds: 100,
  scheduledGigabytes: 0.5,
} as const;

const MILLION = 1_000_000;
const GIGABYTE = 1024 ** 3;

/** Metrics that functions emit in every hour, also while nothing happens: not those of requests, nor of what comes once a day. */
function steadyMetrics(): number {
  const rare = ['enroll', 'report-expiry', 'unenroll-agent', 'reconcile-signatures'];
  return metrics().filter(
    ({ emittedBy }) => emittedBy.length > 0 && !emittedBy.some((name) => rare.includes(name)),
  ).length;
}

/** Metrics of enrollments, where there are some in every hour. */
function metricsOfRequests(): number {
  return metrics().filter(({ emittedBy }) => emittedBy.includes('enroll')).length;
}

/** What a deployment costs a month besides its certificates, where there are requests in every hour. */
export function busyMonth(): number {
  return total(idleMonth()) + metricsOfRequests() * PRICES.cloudwatch.metricMonth;
}

/** A month in which nothing is issued. */
export function idleMonth(): readonly CostLine[] {
  const { keys, alarmMetrics, scheduledInvocations } = IDLE_RESOURCES;
  const { scheduledMilliseconds, scheduledGigabytes } = ASSUMED;
  return [
    { what: `KMS, ${keys} keys`, dollars: keys * PRICES.kms.keyMonth },
    {
      what: `CloudWatch, at most ${alarmMetrics} metrics of alarms`,
      dollars: alarmMetrics * PRICES.cloudwatch.alarmMetricMonth,
    },
    {
      what: `CloudWatch, ${steadyMetrics()} metrics of the service`,
      dollars: steadyMetrics() * PRICES.cloudwatch.metricMonth,
    },
    {
      what: 'schedules and the functions that they invoke',
      dollars:
        (scheduledInvocations / MILLION) *
          (PRICES.scheduler.millionInvocations + PRICES.lambda.millionRequests) +
        computing(scheduledInvocations, scheduledMilliseconds, scheduledGigabytes),
    },
  ];
}

/** A million certificates, each enrolled with one request that succeeds at once. */
export function millionCertificates(): readonly CostLine[] {
  const units = measuredUnits();
  const { enrollMilliseconds, enrollGigabytes } = ASSUMED;
  const logBytes = ASSUMED.functionLogBytes + ASSUMED.otherLogBytes;
  return [
    { what: 'KMS, one signature each', dollars: PRICES.kms.millionSignatures },
    {
      what: `DynamoDB, ${writeUnits(units)} write units each`,
      dollars: writeUnits(units) * PRICES.dynamodb.millionWriteUnits,
    },
    {
      what: `DynamoDB, ${units.readUnits} read units each`,
      dollars: units.readUnits * PRICES.dynamodb.millionReadUnits,
    },
    { what: 'API Gateway', dollars: PRICES.apiGateway.millionRequests },
    {
      what: `Lambda, ${enrollMilliseconds} ms with ${enrollGigabytes} GB each`,
      dollars: PRICES.lambda.millionRequests + computing(MILLION, enrollMilliseconds, enrollGigabytes),
    },
    {
      what: `CloudWatch Logs, ${logBytes} bytes each`,
      dollars: ((MILLION * logBytes) / GIGABYTE) * PRICES.cloudwatch.logGigabyte,
    },
  ];
}

/**
 * An event for each of a million certificates (setting `certificateEvents`): the event, one read of its record, and the
 * function, for batches that are full; a batch is read and published in ten requests of some 30 ms each.
 */
export function millionEvents(): number {
  const batches = MILLION / 100;
  return (
    PRICES.events.millionEvents +
    PRICES.dynamodb.millionReadUnits +
    (batches / MILLION) * PRICES.lambda.millionRequests +
    computing(batches, 400, 0.5)
  );
}

function computing(invocations: number, milliseconds: number, gigabytes: number): number {
  return invocations * (milliseconds / 1000) * gigabytes * PRICES.lambda.gigabyteSecond;
}

/** What records cost a month as long as they are kept, with their backup. */
export function storageMonth(records: number): number {
  const { gigabyteMonth, backupGigabyteMonth } = PRICES.dynamodb;
  return ((records * measuredUnits().storedBytes) / GIGABYTE) * (gigabyteMonth + backupGigabyteMonth);
}

/** What certificates cost that were moved to the archive: a month, and once, for moving them. */
export function archiveCost(records: number): { readonly month: number; readonly once: number } {
  const { dynamodb, s3 } = PRICES;
  const { noteBytes, objectBytes, writeUnits: units } = measuredUnits().archived;
  const gigabytes = (bytes: number) => (records * bytes) / GIGABYTE;
  return {
    month:
      gigabytes(noteBytes) * (dynamodb.gigabyteMonth + dynamodb.backupGigabyteMonth) +
      gigabytes(objectBytes) * s3.gigabyteMonth,
    once:
      ((records * units) / 1e6) * dynamodb.millionWriteUnits +
      (records / ARCHIVE_OBJECT_CERTIFICATES / 1000) * s3.thousandWrites,
  };
}

/** AWS Private CA with a root and an issuer, in either mode; without what issues certificates through it. */
export function privateCaMonth(mode: 'general' | 'shortLived', certificates: number): number {
  const { generalMonth, shortLivedMonth, shortLivedCertificate, generalTiers } = PRICES.privateCa;
  if (mode === 'shortLived') return 2 * shortLivedMonth + certificates * shortLivedCertificate;
  let [before, dollars] = [0, 2 * generalMonth];
  for (const { upTo, each } of generalTiers) {
    dollars += Math.max(0, Math.min(certificates, upTo) - before) * each;
    before = upTo;
  }
  return dollars;
}

export function total(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}
