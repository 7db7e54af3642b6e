import { expect, test } from '@jest/globals';
import { createClock } from '../../../infra/local/service/clock.ts';

const DAY = 86_400_000;

/** A clock, and the days after its start at which what it was asked to run did. */
function clockWithRuns(...days: readonly number[]) {
  const clock = createClock();
  const began = clock.now();
  const runs: number[] = [];
  const cancels = days.map((day) => clock.after(day * DAY, () => void runs.push(day)));
  return { clock, runs, cancels, day: (day: number) => began + day * DAY + 1000 };
}

test('it advances to a moment, and never back', () => {
  const { clock, day } = clockWithRuns();
  clock.advanceTo(day(730));
  const now = clock.now();
  expect(now).toBeGreaterThanOrEqual(day(730));
  clock.advanceTo(day(1));
  expect(clock.now()).toBeGreaterThanOrEqual(now);
});

test('what is due runs when the clock has passed it', () => {
  const { clock, runs, day } = clockWithRuns(1, 3);
  clock.advanceTo(day(2));
  expect(runs).toEqual([1]);
  clock.advanceTo(day(3));
  expect(runs).toEqual([1, 3]);
});

test('what is due in more than 24.8 days, the longest timer of Node, does not run at once', async () => {
  const { runs } = clockWithRuns(25, 730);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(runs).toEqual([]);
});

test('what is cancelled does not run', () => {
  const { clock, runs, cancels, day } = clockWithRuns(1, 2);
  cancels[0]?.();
  clock.advanceTo(day(3));
  expect(runs).toEqual([2]);
});
