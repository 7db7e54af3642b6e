import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AwsError, type AwsService, type Input } from '../service/aws-service.ts';
import { EVENTBRIDGE, jsonProtocol } from '../service/json-protocol.ts';

/** An event bus of the template. */
export interface Bus {
  readonly name: string;
  readonly arn: string;
}

/** An event as rules see it, with the bus that took it. */
export interface BusEvent {
  readonly bus: unknown;
  readonly [member: string]: unknown;
}

/**
 * EventBridge: takes events for the buses of the template, checks them as PutEvents does, and keeps them in a file, one JSON
 * object a line, in the form in which rules and targets see them (EventBridge user guide, "AWS service event metadata").
 *
 * @param taken gets each event that is in the file.
 */
export function eventsService(
  buses: readonly Bus[],
  file: string,
  place: { readonly accountId: string; readonly region: string },
  taken: (event: BusEvent) => Promise<void>,
): AwsService {
  const find = (name: unknown) => buses.find((bus) => [bus.name, bus.arn].includes(String(name)));
  return {
    name: 'events',
    protocol: jsonProtocol(EVENTBRIDGE),
    permissions(action, input) {
      if (action !== 'PutEvents')
        throw new AwsError(
          'UnknownOperationException',
          `the local EventBridge does not have the operation ${action}; it has PutEvents`,
        );
      const resources = new Set(entriesOf(input).map(({ EventBusName }) => find(EventBusName)?.arn ?? '*'));
      return [...resources].map((resource) => ({ action: 'events:PutEvents', resource, context: {} }));
    },
    async perform({ input }) {
      const results = entriesOf(input).map((entry) => judge(entry, find(entry['EventBusName'])));
      const events = entriesOf(input).flatMap((entry, index) => {
        const { EventId } = results[index] ?? {};
        return EventId === undefined
          ? []
          : [eventOf(entry, EventId, place, find(entry['EventBusName'])?.name)];
      });
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      for (const event of events) await taken(event);
      const FailedEntryCount = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
      const body = JSON.stringify({ FailedEntryCount, Entries: results });
      return { status: 200, body, headers: { 'content-type': EVENTBRIDGE.contentType } };
    },
  };
}

/** @throws AwsError for a number of entries that PutEvents does not take. */
function entriesOf({ Entries }: Input): readonly Input[] {
  const entries: readonly unknown[] = Array.isArray(Entries) ? Entries : [];
  if (entries.length < 1 || entries.length > 10)
    throw new AwsError('ValidationException', '1 to 10 entries are required');
  return entries.filter((entry): entry is Input => typeof entry === 'object' && entry !== null);
}

interface Result {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

function judge({ Source, DetailType, Detail }: Input, bus: Bus | undefined): Result {
  const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  if (bus === undefined) return refused('InvalidArgument', 'EventBus does not exist.');
  if (!Source || String(Source).startsWith('aws.'))
    return refused('InvalidArgument', 'Parameter Source is not valid.');
  if (!DetailType) return refused('InvalidArgument', 'Parameter DetailType is not valid.');
  if (!isJsonObject(Detail)) return refused('MalformedDetail', 'Detail is malformed.');
  return { EventId: crypto.randomUUID() };
}

function isJsonObject(detail: unknown): boolean {
  try {
    const value: unknown = JSON.parse(String(detail));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** `Time` is in seconds, as in the JSON protocol. */
function eventOf(
  { Source, DetailType, Detail, Time, Resources }: Input,
  id: string,
  { accountId, region }: { readonly accountId: string; readonly region: string },
  bus: string | undefined,
): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': DetailType,
    source: Source,
    account: accountId,
    time: new Date(Number(Time) * 1000).toISOString().replace('.000Z', 'Z'),
    region,
    resources: Resources ?? [],
    detail: JSON.parse(String(Detail)),
    bus,
  };
}
