import { setTimeout } from 'node:timers/promises';
import {
  EventBridgeClient,
  type EventBridgeClientConfig,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { toDate } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { Events, RotationEvent } from '../rotation/ports.ts';

export interface EventBusOptions {
  readonly client: EventBridgeClient;
  readonly busName: string;
  /** Uniform in [0, 1), for the jitter of retries. @default Math.random */
  readonly random?: () => number;
  /** Waits that many milliseconds. @default a timer */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** `source` of every event; those that begin with `aws.` are AWS's own. */
const EVENT_SOURCE = 'fleetseal';

/** Entries of a request (API reference of PutEvents). */
const ENTRIES = 10;

/** Requests for the same entries, those within the SDK not counted. */
const TRIES = 4;

/**
 * The EventBridge client of a function. The SDK tries thrice.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request took too long (@smithy/types,
 * NodeHttpHandlerOptions).
 */
export function eventBridgeClient(config: EventBridgeClientConfig = {}): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    ...config,
  });
}

/**
 * Events on an EventBridge bus. A request may be taken in part: what was not taken is sent again, alone (EventBridge user
 * guide, "Handling failures with PutEvents").
 */
export function eventBus({
  client,
  busName,
  random = Math.random,
  pause = setTimeout,
}: EventBusOptions): Events {
  return {
    async publish(events) {
      for (let at = 0; at < events.length; at += ENTRIES) {
        let left: readonly PutEventsRequestEntry[] = events
          .slice(at, at + ENTRIES)
          .map((event) => entryOf(event, busName));
        for (let attempt = 1; left.length > 0; attempt++) {
          const { entries, reason } = await put(client, left);
          left = entries;
          if (left.length > 0 && attempt === TRIES) throw notTaken(left.length, reason);
          if (left.length > 0) await pause(Math.floor(random() * 100 * 2 ** attempt));
        }
      }
    },
  };
}

function entryOf({ id, type, at, detail }: RotationEvent, EventBusName: string): PutEventsRequestEntry {
  return {
    EventBusName,
    Source: EVENT_SOURCE,
    DetailType: type,
    Time: toDate(at),
    Detail: JSON.stringify({ id, ...detail }),
  };
}

/** What was not taken, and the first reason. */
async function put(client: EventBridgeClient, Entries: readonly PutEventsRequestEntry[]) {
  try {
    const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries: [...Entries] }));
    const refused = results.map(({ ErrorCode }) => ErrorCode);
    return {
      entries: Entries.filter((_, index) => refused[index] !== undefined),
      reason: refused.find((code) => code !== undefined),
    };
  } catch (error) {
    if (!(error instanceof Error) || !isPassing(error)) throw error;
    return { entries: Entries, reason: error.name };
  }
}

/** The SDK's own judgement of errors takes an Error with what the SDK may have added to it. */
type SdkError = Parameters<typeof isTransientError>[0];

function isPassing(error: Error): boolean {
  return isThrottlingError(error as SdkError) || isTransientError(error as SdkError);
}

function notTaken(count: number, reason: string | undefined): AppError {
  return new AppError('try_again', `The event bus did not take ${count} events. Try again.`, {
    internal: { reason: reason ?? 'unknown' },
  });
}
