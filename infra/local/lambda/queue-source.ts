import { setTimeout as wait } from 'node:timers/promises';
import type { EventSource } from './event-source.ts';
import type { InvocationResult } from './instance.ts';

/** The queue, as its reader uses it. */
interface ReadQueue {
  readonly arn: string;
  receive(
    limit: number,
  ): readonly { readonly id: string; readonly body: string; readonly received: number }[];
  remove(ids: readonly string[]): void;
}

/** Milliseconds between two looks into an empty queue; Lambda waits up to 20 s for a message, and gets it at once. */
const POLL_MILLISECONDS = 250;

/**
 * Invokes a function with the messages of a queue, and removes what it dealt with (Lambda developer guide, "Using Lambda
 * with Amazon SQS"): all messages of a batch, or those that it does not report as failed. The others come again when the
 * queue shows them again. One batch runs at a time.
 *
 * @returns ends it, after the running invocation.
 */
export function runQueueSource(
  { batchSize, reportsItems }: Pick<EventSource, 'batchSize' | 'reportsItems'>,
  queue: ReadQueue,
  region: string,
  invoke: (event: object) => Promise<InvocationResult>,
): () => Promise<void> {
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  const run = async () => {
    while (!stopped) {
      const messages = queue.receive(batchSize);
      if (messages.length === 0) {
        await Promise.race([wait(POLL_MILLISECONDS, undefined, { ref: false }), stopping.promise]);
        continue;
      }
      const Records = messages.map(({ id, body, received }) => ({
        messageId: id,
        receiptHandle: id,
        body,
        attributes: { ApproximateReceiveCount: String(received) },
        messageAttributes: {},
        eventSource: 'aws:sqs',
        eventSourceARN: queue.arn,
        awsRegion: region,
      }));
      const failed = failures(await invoke({ Records }), reportsItems);
      if (failed !== 'all') queue.remove(messages.map(({ id }) => id).filter((id) => !failed.includes(id)));
    }
  };
  const running = run();
  return async () => {
    stopped = true;
    stopping.resolve();
    await running;
  };
}

/** Ids of the messages that were not dealt with. */
function failures({ failed, payload }: InvocationResult, reportsItems: boolean): readonly string[] | 'all' {
  if (failed) return 'all';
  if (!reportsItems || payload === undefined) return [];
  const { batchItemFailures = [] } = (JSON.parse(payload) ?? {}) as {
    batchItemFailures?: readonly { itemIdentifier: string }[];
  };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
