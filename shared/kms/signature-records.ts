import { setTimeout } from 'node:timers/promises';
import { CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { fromDate, type Instant, instant, plus, toDate } from '../domain/instant.ts';
import { parseSerialNumber } from '../domain/serial-number.ts';
import type { KeyUse, LoggedAttempt, SignatureRecords } from '../rotation/ports.ts';

/** A function that signs, and where it logs. */
export interface SigningFunction {
  readonly functionName: string;
  readonly logGroupName: string;
}

export interface SignatureRecordsOptions {
  readonly functions: readonly SigningFunction[];
  readonly trail?: CloudTrailClient;
  readonly logs?: CloudWatchLogsClient;
  /** Waits that many milliseconds. @default a timer */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Two requests a second, per account and Region (CloudTrail API reference, LookupEvents). */
const LOOKUP_MILLISECONDS = 500;

/** The SDK's retries outlast another caller of LookupEvents in the account. */
const RETRIES = { maxAttempts: 8 };

/**
 * CloudTrail's event history, and the logs of the signing functions. The history has the calls of KMS Sign, which are
 * management events, for 90 days, without a trail and free of charge (CloudTrail user guide, "Working with CloudTrail event
 * history"); nobody can change it or turn it off.
 */
export function signatureRecords({
  functions,
  trail = new CloudTrailClient(RETRIES),
  logs = new CloudWatchLogsClient(RETRIES),
  pause = setTimeout,
}: SignatureRecordsOptions): SignatureRecords {
  return {
    async keyUses(from, to, atMost) {
      const uses: KeyUse[] = [];
      let NextToken: string | undefined;
      do {
        const page = await trail.send(
          new LookupEventsCommand({
            LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'Sign' }],
            StartTime: toDate(from),
            // It is inclusive.
            EndTime: toDate(plus(to, -1)),
            MaxResults: 50,
            ...(NextToken === undefined ? {} : { NextToken }),
          }),
        );
        uses.push(...(page.Events ?? []).flatMap(keyUse));
        if (uses.length > atMost) return undefined;
        NextToken = page.NextToken;
        if (NextToken !== undefined) await pause(LOOKUP_MILLISECONDS);
      } while (NextToken !== undefined);
      return uses;
    },

    async loggedAttempts(from, to) {
      const found = await Promise.all(functions.map((one) => attemptsOf(logs, one, from, to)));
      return found.flat();
    },
  };
}

/** What is read of a record of Sign (KMS developer guide, "Sign" below "Examples of AWS KMS log entries"). */
interface SignRecord {
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly requestID?: string;
  readonly errorCode?: string;
  readonly userIdentity?: { readonly arn?: string };
  readonly requestParameters?: { readonly keyId?: string } | null;
  readonly resources?: readonly { readonly ARN?: string }[];
}

/** Another service may have an operation of this name. */
function keyUse({ CloudTrailEvent = '{}' }: Event): readonly KeyUse[] {
  const record: SignRecord = JSON.parse(CloudTrailEvent);
  if (record.eventSource !== 'kms.amazonaws.com') return [];
  return [
    {
      eventId: record.eventID,
      at: fromDate(new Date(record.eventTime)),
      keyArn: record.resources?.[0]?.ARN ?? record.requestParameters?.keyId ?? '',
      requestId: record.requestID ?? '',
      principal: record.userIdentity?.arn ?? '',
      error: record.errorCode,
    },
  ];
}

/** Pages may be empty and have others behind them. */
async function attemptsOf(
  logs: CloudWatchLogsClient,
  { functionName, logGroupName }: SigningFunction,
  from: Instant,
  to: Instant,
): Promise<readonly LoggedAttempt[]> {
  const attempts: LoggedAttempt[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime: from * 1000,
        endTime: to * 1000,
        filterPattern: '{ $.operation = "Sign" }',
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    for (const { message = '{}', timestamp = 0 } of page.events ?? []) {
      const at = instant(Math.floor(timestamp / 1000));
      attempts.push(...loggedIn(message).map((attempt) => ({ functionName, at, ...attempt })));
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return attempts;
}

/**
 * None where the serial number is none: such an attempt would explain itself, as one without a certificate does. Who replaced a
 * function's code chose what it logs, of any type.
 */
function loggedIn(message: string): readonly Pick<LoggedAttempt, 'requestId' | 'serialNumber'>[] {
  const { kmsRequestId, serialNumber }: Readonly<Record<string, unknown>> = JSON.parse(message);
  const requestId = kmsRequestId === undefined ? undefined : String(kmsRequestId);
  if (serialNumber === undefined) return [{ requestId, serialNumber }];
  const parsed = parseSerialNumber(String(serialNumber));
  return parsed === undefined ? [] : [{ requestId, serialNumber: parsed }];
}
