import { join } from 'node:path';
import type { Position } from './dynamodb/stream.ts';
import type { DynamoEngine } from './engines.ts';
import type { Access } from './iam/access.ts';
import { sessionPrincipal } from './iam/principals.ts';
import {
  type EventSource,
  readEventSource,
  runEventSource,
  type SequencedRecord,
} from './lambda/event-source.ts';
import type { LocalFunction } from './lambda/lambda.ts';
import { runQueueSource } from './lambda/queue-source.ts';
import type { Clock } from './service/clock.ts';
import type { LocalQueue } from './sqs/queues.ts';
import { readState, writeState } from './template/state-file.ts';
import type { Template } from './template/template.ts';
import { TABLES } from './template/upgrade.ts';

/** A batch that a mapping gave up, or a message that a queue did. */
export interface Undelivered {
  /** ARN of the queue or topic that it was for; undefined where the mapping has none. */
  readonly destination: string | undefined;
  /** Undefined where a queue gave up a message. */
  readonly function: string | undefined;
  readonly records: readonly unknown[];
}

interface EventSourceContext {
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly access: Access;
  readonly read: DynamoEngine['read'];
  readonly queues: ReadonlyMap<string, LocalQueue>;
  readonly clock: Clock;
  /** Whether streams and queues are read; the permissions are asked for in any case, as at a deployment. */
  readonly polls: boolean;
  /** Directory that keeps the positions in the streams. */
  readonly data: string;
  undelivered(batch: Undelivered): void;
  log(line: string): void;
}

/**
 * Runs the event source mappings of the template.
 *
 * @returns ends them.
 * @throws Error where the role of a function may not read the stream or the queue, or send to the destination.
 */
export async function runEventSources(
  template: Template,
  context: EventSourceContext,
): Promise<() => Promise<void>> {
  const mappings = template.all('AWS::Lambda::EventSourceMapping').map(readEventSource);
  const ends = await Promise.all(mappings.map((mapping) => run(template, mapping, context)));
  return async () => {
    await Promise.all(ends.map((end) => end()));
  };
}

async function run(template: Template, source: EventSource, context: EventSourceContext) {
  const target = [...context.functions.values()].find(({ arn, name }) =>
    [arn, name].includes(source.functionName),
  );
  const queue = context.queues.get(source.source);
  const table = tableOf(template, source);
  if (target === undefined || (table ?? queue) === undefined)
    throw new Error(`event source mapping ${source.name}: its function or its source is not in the template`);
  await requirePermissions(template, source, target, context.access);
  if (!context.polls) return async () => {};
  if (queue !== undefined) return runQueueSource(source, queue, template.place.region, target.invoke);
  return readTable(template, source, { target, table: table ?? '' }, context);
}

/** Reads the stream of a table from where the last start ended. */
async function readTable(
  template: Template,
  source: EventSource,
  { target, table }: { readonly target: LocalFunction; readonly table: string },
  context: EventSourceContext,
) {
  const file = join(context.data, `event-source-${source.name}.json`);
  const keep = (position: Position | undefined) => writeState(file, { position });
  const kept = await readState<{ position?: Position } | undefined>(file, undefined);
  const reader = await context.read(table, kept?.position);
  if (kept === undefined && source.startsAtLatest) {
    let latest: Position | undefined;
    for (let page = await reader.next(); page.length > 0; page = await reader.next())
      latest = page.at(-1)?.[1];
    await keep(latest);
  }
  const { region } = template.place;
  return runEventSource<Position>(source, {
    clock: context.clock,
    next: reader.next,
    // The engine knows neither the Region, nor the stream as the template names it, nor the shift of the clock.
    invoke: ({ Records }) =>
      target.invoke({
        Records: Records.map(({ dynamodb, ...record }) => ({
          ...record,
          dynamodb: { ...dynamodb, ApproximateCreationDateTime: changedAt(dynamodb, context.clock) },
          awsRegion: region,
          eventSourceARN: source.source,
        })),
      }),
    processed: keep,
    giveUp(records, attempts) {
      context.undelivered({ destination: source.onFailure, function: target.name, records });
      context.log(
        `${target.name}: ${records.length} records of a stream are given up after ${attempts} attempts`,
      );
    },
    log: context.log,
  });
}

/** When the item was changed, in seconds since 1970, by the clock of the local cloud. */
function changedAt(
  { ApproximateCreationDateTime }: SequencedRecord['dynamodb'],
  clock: Pick<Clock, 'now'>,
): number {
  return (ApproximateCreationDateTime ?? Date.now() / 1000) + Math.round((clock.now() - Date.now()) / 1000);
}

/** Name of the table that a stream is of: one of the template, or one that was restored, which the ARN names. */
function tableOf(template: Template, { source }: EventSource): string | undefined {
  const declared = TABLES.flatMap((type) => template.all(type));
  const own = declared.find(({ attributes }) => attributes['StreamArn'] === source);
  return own?.ref ?? /:table\/([^/]+)\/stream\//.exec(source)?.[1];
}

/**
 * What Lambda asks for when a mapping is created (its developer guide, "Using Lambda with DynamoDB streams" and "Using Lambda
 * with Amazon SQS").
 */
async function requirePermissions(
  { place }: Template,
  { source, onFailure }: EventSource,
  { name, arn, roleArn }: LocalFunction,
  { iam, role }: Access,
): Promise<void> {
  const principal = sessionPrincipal(place.accountId, role(roleArn), name, arn);
  const reading = source.includes(':sqs:')
    ? ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']
    : ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
  const listing = source.includes(':sqs:') ? [] : [['dynamodb:ListStreams', '*']];
  const [, , service] = (onFailure ?? '').split(':');
  const send = service === 'sns' ? 'sns:Publish' : 'sqs:SendMessage';
  const destination = onFailure === undefined ? [] : [[send, onFailure]];
  for (const [action = '', resource = ''] of [
    ...reading.map((one) => [one, source]),
    ...listing,
    ...destination,
  ]) {
    const refusal = await iam.refusal(principal, { action, resource, context: {} });
    if (refusal !== undefined) throw new Error(`${name} cannot have an event source mapping: ${refusal}`);
  }
}
