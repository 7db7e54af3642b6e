import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueues } from '../../../infra/local/sqs/queues.ts';
import { createTemplate } from '../../../infra/local/template/template.ts';

const ARN = 'arn:aws:sqs:eu-central-1:000000000000:jobs';
const template = createTemplate(
  {
    resources: [
      {
        stack: 'stack',
        logicalId: 'Jobs',
        type: 'AWS::SQS::Queue',
        properties: {
          QueueName: 'jobs',
          VisibilityTimeout: 60,
          RedrivePolicy: {
            deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:failed',
            maxReceiveCount: 2,
          },
        },
      },
    ],
  } as unknown as Parameters<typeof createTemplate>[0],
  { accountId: '000000000000', region: 'eu-central-1' },
);

let directory: string;
let now = 0;
const moved: unknown[] = [];
const open = () => {
  const { byArn, close } = openQueues(
    template,
    join(directory, 'sqs.sqlite'),
    { now: () => now },
    (to, message) => moved.push([to, message.body, message.received]),
  );
  const queue = byArn.get(ARN);
  if (queue === undefined) throw new Error('there is no queue');
  return { queue, close };
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-queue-'));
  now = 1000;
  moved.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a message', () => {
  test('is hidden from the next reader until the timeout is over, and gone once it is removed', () => {
    const { queue, close } = open();
    queue.send('a');
    const [message] = queue.receive(10);
    expect([message?.body, message?.received]).toEqual(['a', 1]);
    expect(queue.receive(10)).toEqual([]);
    now += 60_000;
    expect(queue.receive(10).map(({ received }) => received)).toEqual([2]);
    queue.remove([message?.id ?? '']);
    now += 60_000;
    expect([queue.receive(10), moved]).toEqual([[], []]);
    close();
  });

  test('that was received as often as allowed moves to the other queue', () => {
    const { queue, close } = open();
    queue.send('a');
    for (let attempt = 1; attempt <= 2; attempt++) {
      queue.receive(10);
      now += 60_000;
    }
    expect(queue.receive(10)).toEqual([]);
    expect(moved).toEqual([['arn:aws:sqs:eu-central-1:000000000000:failed', 'a', 2]]);
    close();
  });

  test('outlives the local cloud, in order', () => {
    const first = open();
    for (const body of ['a', 'b', 'c']) first.queue.send(body);
    first.close();
    const { queue, close } = open();
    expect(queue.receive(2).map(({ body }) => body)).toEqual(['a', 'b']);
    close();
  });
});
