import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../service/clock.ts';
import type { Resolved } from '../template/template.ts';
import { type EventFilter, eventFilter } from './event-filter.ts';
import type { InvocationResult } from './instance.ts';

/** An event source mapping of the template (CloudFormation template reference, AWS::Lambda::EventSourceMapping). */
export interface EventSource {
  readonly name: string;
  /** ARN of the stream or the queue. */
  readonly source: string;
  /** ARN or name of the function. */
  readonly functionName: string;
  readonly startsAtLatest: boolean;
  readonly batchSize: number;
  readonly windowMilliseconds: number;
  /** Attempts after the first; infinite where the template sets no limit. */
  readonly retries: number;
  readonly bisects: boolean;
  readonly reportsItems: boolean;
  /** ARN of the queue or topic that gets what is given up. */
  readonly onFailure: string | undefined;
  readonly passes: EventFilter;
}

/** Reads a mapping; defaults are those of Lambda for its kind of source. @throws Error for what the local cloud does not know. */
export function readEventSource({ ref, properties }: Resolved): EventSource {
  const { EventSourceArn, FunctionName, StartingPosition, FilterCriteria } = properties;
  const { BatchSize = String(EventSourceArn).includes(':sqs:') ? 10 : 100 } = properties;
  const { MaximumBatchingWindowInSeconds = 0, MaximumRetryAttempts = -1 } = properties;
  const { DestinationConfig, FunctionResponseTypes = [] } = properties;
  const onFailure = (DestinationConfig as { OnFailure?: { Destination: string } } | undefined)?.OnFailure;
  return {
    name: ref,
    source: String(EventSourceArn),
    functionName: String(FunctionName),
    startsAtLatest: StartingPosition === 'LATEST',
    batchSize: Number(BatchSize),
    windowMilliseconds: Number(MaximumBatchingWindowInSeconds) * 1000,
    retries: Number(MaximumRetryAttempts) < 0 ? Number.POSITIVE_INFINITY : Number(MaximumRetryAttempts),
    bisects: properties['BisectBatchOnFunctionError'] === true,
    reportsItems: (FunctionResponseTypes as unknown[]).includes('ReportBatchItemFailures'),
    onFailure: onFailure?.Destination,
    passes: eventFilter(FilterCriteria),
  };
}

/** A record with its place in the stream. */
export type Placed<Position> = readonly [record: SequencedRecord, position: Position];

/** What is read of a record of a stream. */
export interface SequencedRecord {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime?: number;
  };
}

/** What a mapping works with. */
export interface EventSourceHost<Position> {
  readonly clock: Pick<Clock, 'after'>;
  /** The next records of the stream; none where there are no more for now. */
  next(): Promise<readonly Placed<Position>[]>;
  invoke(event: { readonly Records: readonly SequencedRecord[] }): Promise<InvocationResult>;
  /** Keeps the position: everything up to it was processed, or given up. */
  processed(position: Position): Promise<void>;
  /** Gets the batch that the mapping gives up, after so many attempts. */
  giveUp(batch: readonly SequencedRecord[], attempts: number): void;
  log(line: string): void;
}

/** Lambda polls a shard four times a second (Lambda developer guide, "Using Lambda with DynamoDB streams"). */
const POLL_MILLISECONDS = 250;

/** Milliseconds between attempts: doubled from the first to the last. AWS documents that it waits, not how long. */
const BACKOFF = { first: 1000, last: 60_000 };

/** Polls a stream and invokes the function, batch by batch, in order. @returns ends it, after the running invocation. */
export function runEventSource<Position>(
  source: EventSource,
  host: EventSourceHost<Position>,
): () => Promise<void> {
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  const pause = async (milliseconds: number) => {
    const over = new Promise<void>((resolve) => host.clock.after(milliseconds, resolve));
    await Promise.race([over, wait(milliseconds, undefined, { ref: false }), stopping.promise]);
  };
  const idle = () => Promise.race([wait(POLL_MILLISECONDS, undefined, { ref: false }), stopping.promise]);
  const read = () =>
    host.next().catch((error: unknown) => {
      host.log(`event source ${source.name}: the stream cannot be read: ${error}`);
      return [];
    });
  const run = async () => {
    let waiting: readonly Placed<Position>[] = [];
    let due = 0;
    const isDue = () => waiting.length >= source.batchSize || (waiting.length > 0 && Date.now() >= due);
    while (!stopped) {
      const page = await read();
      if (waiting.length === 0) due = Date.now() + source.windowMilliseconds;
      waiting = [...waiting, ...page.filter(([record]) => source.passes(record))];
      const last = page.at(-1);
      if (waiting.length === 0 && last !== undefined) await host.processed(last[1]);
      while (!stopped && isDue()) {
        const batch = waiting.slice(0, source.batchSize);
        waiting = waiting.slice(source.batchSize);
        await deliver(source, host, { batch, pause, stopped: () => stopped });
      }
      if (page.length === 0) await idle();
    }
  };
  const running = run();
  return async () => {
    stopped = true;
    stopping.resolve();
    await running;
  };
}

interface Delivery<Position> {
  readonly batch: readonly Placed<Position>[];
  pause(milliseconds: number): Promise<void>;
  stopped(): boolean;
}

/** Invokes the function until a batch is processed or given up. A stop leaves the position before the batch. */
async function deliver<Position>(
  source: EventSource,
  host: EventSourceHost<Position>,
  { batch: whole, pause, stopped }: Delivery<Position>,
): Promise<void> {
  let batch = whole;
  let attempts = 0;
  let backoff = BACKOFF.first;
  while (batch.length > 0) {
    const result = await host.invoke({ Records: batch.map(([record]) => record) });
    const left = result.failed ? batch : unprocessed(source, batch, result.payload);
    if (left.length === 0) break;
    if (result.throttled !== true) attempts += 1;
    if (stopped()) return;
    if (result.failed && !result.throttled && source.bisects && batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      for (const part of [batch.slice(0, half), batch.slice(half)])
        if (!stopped()) await deliver(source, host, { batch: part, pause, stopped });
      return;
    }
    batch = left;
    if (attempts > source.retries) {
      host.giveUp(
        batch.map(([record]) => record),
        attempts,
      );
      break;
    }
    await pause(backoff);
    backoff = Math.min(backoff * 2, BACKOFF.last);
    if (stopped()) return;
  }
  const last = whole.at(-1);
  if (last !== undefined) await host.processed(last[1]);
}

/** What a function reports as failed, and everything after it (Lambda developer guide, "Reporting batch item failures"). */
function unprocessed<Position>(
  { reportsItems }: EventSource,
  batch: readonly Placed<Position>[],
  payload: string | undefined,
): readonly Placed<Position>[] {
  if (!reportsItems || payload === undefined) return [];
  const { batchItemFailures } = (JSON.parse(payload) ?? {}) as {
    batchItemFailures?: { itemIdentifier: string }[];
  };
  const failed = (batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  if (failed.length === 0) return [];
  const first = batch.findIndex(([record]) => failed.includes(record.dynamodb.SequenceNumber));
  // An identifier of no record fails the whole batch.
  return batch.slice(Math.max(0, first));
}
