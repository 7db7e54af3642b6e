import { expect, test } from '@jest/globals';
import { asynchronousLimits, invokeAsynchronously } from '../../../infra/local/lambda/asynchronous.ts';
import type { InvocationResult } from '../../../infra/local/lambda/instance.ts';
import { createClock } from '../../../infra/local/service/clock.ts';

const failed: InvocationResult = { failed: true, payload: '"broken"' };
const throttled: InvocationResult = { failed: true, throttled: true, payload: '"slow down"' };
const done: InvocationResult = { failed: false, payload: undefined };

/** Hands an event over, and moves the clock on. */
async function handOver(results: readonly InvocationResult[], config?: Readonly<Record<string, unknown>>) {
  const clock = createClock();
  const lines: string[] = [];
  let attempts = 0;
  let ahead = 0;
  const pass = async (seconds: number) => {
    ahead += seconds;
    clock.shift(ahead);
    await new Promise(setImmediate);
  };
  await invokeAsynchronously({
    clock,
    name: 'sweep',
    limits: asynchronousLimits(config),
    invoke: async () => results[Math.min(attempts++, results.length - 1)] ?? done,
    log: (line) => void lines.push(line),
  });
  return { pass, lines, attempts: () => attempts };
}

test('an event that is done is done once', async () => {
  const { pass, attempts, lines } = await handOver([done]);
  await pass(86_400);
  expect([attempts(), lines]).toEqual([1, []]);
});

test('a function that fails gets it twice more, after 1 and 2 minutes, and no more', async () => {
  const { pass, attempts, lines } = await handOver([failed]);
  expect(attempts()).toBe(1);
  await pass(59);
  expect(attempts()).toBe(1);
  await pass(1);
  expect(attempts()).toBe(2);
  await pass(119);
  expect(attempts()).toBe(2);
  expect(lines).toEqual([]);
  await pass(1);
  expect(attempts()).toBe(3);
  expect(lines).toEqual(['sweep: an event is dropped after 3 attempts: "broken"']);
  await pass(86_400);
  expect(attempts()).toBe(3);
});

test('a retry that works is the last', async () => {
  const { pass, attempts, lines } = await handOver([failed, done]);
  await pass(60);
  await pass(86_400);
  expect([attempts(), lines]).toEqual([2, []]);
});

test('a throttled event waits 1, 2, 4, ... seconds, at most 5 minutes, for up to 6 hours', async () => {
  const { pass, attempts, lines } = await handOver([throttled]);
  for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
    const before = attempts();
    await pass(seconds - 0.5);
    expect(attempts()).toBe(before);
    await pass(0.5);
    expect(attempts()).toBe(before + 1);
  }
  for (let waited = 0; waited < 6 * 3600; waited += 300) await pass(300);
  expect(lines).toEqual([expect.stringContaining('sweep: an event is dropped')]);
});

test('throttling uses up none of the retries', async () => {
  const { pass, attempts } = await handOver([throttled, failed, throttled, failed, failed, failed]);
  for (const seconds of [1, 60, 2, 120, 86_400]) await pass(seconds);
  expect(attempts()).toBe(5);
});

test('a function with an event invoke config gets it as often as that says', async () => {
  const { pass, attempts } = await handOver([failed], { MaximumRetryAttempts: 1 });
  await pass(60);
  await pass(86_400);
  expect(attempts()).toBe(2);
});

test('an event is not tried again when it would be older than the config says', async () => {
  const { pass, attempts, lines } = await handOver([failed], { MaximumEventAgeInSeconds: 100 });
  await pass(60);
  expect([attempts(), lines]).toEqual([2, ['sweep: an event is dropped after 2 attempts: "broken"']]);
  const { pass: wait, attempts: tried } = await handOver([throttled], { MaximumEventAgeInSeconds: 60 });
  for (let second = 0; second < 120; second += 1) await wait(1);
  // After 0, 1, 3, 7, 15 and 31 seconds; the next would be after 63.
  expect(tried()).toBe(6);
});
