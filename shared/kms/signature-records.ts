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
        const [newest] = uses;
        const oldest = uses.at(-1);
        if (uses.length > atMost && newest && oldest) return { withinSeconds: newest.at - oldest.at };
        NextToken = page.NextToken;
        if (NextToken !== undefined) await pause(LOOKUP_MILLISECONDS);
      } while (NextToken !== undefined);
      return uses;
    },

    async loggedAttempts(from, to, requestIds) {
      const wanted = { from, to, requestIds };
      return (await Promise.all(functions.map((one) => attemptsOf(logs, one, wanted)))).flat();
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

/** A function logs few attempts without a response. Where there are more, none of them explains anything. */
const MOST_UNANSWERED = 10_000;

/** Pages may be empty and have others behind them. */
async function attemptsOf(
  logs: CloudWatchLogsClient,
  { functionName, logGroupName }: SigningFunction,
  { from, to, requestIds }: { from: Instant; to: Instant; requestIds: ReadonlySet<string> },
): Promise<readonly LoggedAttempt[]> {
  const answered: LoggedAttempt[] = [];
  const unanswered: LoggedAttempt[] = [];
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
    for (const { message = '', timestamp = 0 } of page.events ?? []) {
      const attempt = loggedIn(message);
      if (attempt === undefined) continue;
      const { requestId } = attempt;
      const found = { functionName, at: instant(Math.floor(timestamp / 1000)), ...attempt };
      if (requestId !== undefined && requestIds.has(requestId)) answered.push(found);
      if (requestId === undefined && unanswered.length <= MOST_UNANSWERED) unanswered.push(found);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return unanswered.length > MOST_UNANSWERED ? answered : [...answered, ...unanswered];
}

/**
 * Undefined for what explains nothing: who replaced a function's code chose what it logs, of any type, and an attempt with a
 * malformed serial number would explain itself, as one without a certificate does.
 */
function loggedIn(message: string): Pick<LoggedAttempt, 'requestId' | 'serialNumber'> | undefined {
  const { kmsRequestId: requestId, serialNumber: text } = parsed(message);
  if (requestId !== undefined && (typeof requestId !== 'string' || requestId === '')) return undefined;
  if (text === undefined) return { requestId, serialNumber: undefined };
  const serialNumber = typeof text === 'string' ? parseSerialNumber(text) : undefined;
  return serialNumber && { requestId, serialNumber };
}

function parsed(message: string): { readonly kmsRequestId?: unknown; readonly serialNumber?: unknown } {
  try {
    const line: unknown = JSON.parse(message);
    if (typeof line === 'object' && line !== null) return line;
  } catch {
    // It explains nothing, as below.
  }
  return { kmsRequestId: null };
}
