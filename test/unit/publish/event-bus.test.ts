import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { plus } from '../../../shared/domain/instant.ts';
import { eventBus } from '../../../shared/publish/event-bus.ts';
import { NOW } from '../../support/records.ts';

/** What the bus answers, request by request: the error code of each entry, or an error; afterwards it takes everything. */
let answers: (readonly (string | undefined)[] | Error)[];
let sent: (readonly string[])[];
let pauses: number[];
beforeEach(() => {
  answers = [];
  sent = [];
  pauses = [];
});

const client = {
  async send({ input }: PutEventsCommand) {
    const entries = input.Entries ?? [];
    sent.push(entries.map(({ Detail }) => JSON.parse(Detail ?? '').id));
    const answer = answers.shift() ?? [];
    if (answer instanceof Error) throw answer;
    return {
      Entries: entries.map((_, index) => (answer[index] ? { ErrorCode: answer[index] } : { EventId: '1' })),
    };
  },
} as EventBridgeClient;

const bus = eventBus({
  client,
  busName: 'fleetseal-fleet',
  random: () => 0.5,
  pause: async (milliseconds) => void pauses.push(milliseconds),
});

const events = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `e${index}`,
    type: 'certificate.expiring' as const,
    at: plus(NOW, index),
    detail: { name: 'host-1' },
  }));

const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

describe('publishing events', () => {
  test('sends ten at a time', async () => {
    await bus.publish(events(23));
    expect(sent.map((ids) => ids.length)).toEqual([10, 10, 3]);
  });

  test('sends nothing where there is nothing', async () => {
    await bus.publish([]);
    expect(sent).toEqual([]);
  });

  test('sends only what was not taken again', async () => {
    answers = [[undefined, 'ThrottlingException', undefined, 'InternalFailure'], ['ThrottlingException']];
    await bus.publish(events(4));
    expect(sent).toEqual([['e0', 'e1', 'e2', 'e3'], ['e1', 'e3'], ['e1']]);
    expect(pauses).toEqual([100, 200]);
  });

  test('sends all again after an error that passes', async () => {
    answers = [throttled];
    await bus.publish(events(2));
    expect(sent).toEqual([
      ['e0', 'e1'],
      ['e0', 'e1'],
    ]);
  });

  test('gives up after four tries, with the reason', async () => {
    answers = Array(4).fill(['InternalFailure']);
    await expect(bus.publish(events(2))).rejects.toMatchObject({
      code: 'try_again',
      message: 'The event bus did not take 1 events. Try again.',
      internal: { reason: 'InternalFailure' },
    });
    expect(sent).toHaveLength(4);
  });

  test('does not repeat what will not change', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    answers = [denied];
    await expect(bus.publish(events(1))).rejects.toBe(denied);
    expect(sent).toHaveLength(1);
  });
});
