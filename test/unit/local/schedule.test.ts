import { describe, expect, test } from '@jest/globals';
import { readSchedule, startSchedules } from '../../../infra/local/lambda/schedule.ts';
import { createClock } from '../../../infra/local/service/clock.ts';

const resource = (ScheduleExpression: string) => ({
  stack: 'one',
  logicalId: 'Sweep',
  type: 'AWS::Scheduler::Schedule',
  ref: 'one-Sweep',
  attributes: {},
  retained: false,
  properties: {
    ScheduleExpression,
    Target: { Arn: 'function', RoleArn: 'role', Input: '{"by":"schedule"}' },
  },
});

describe('the rate of a schedule', () => {
  test.each([
    { expression: 'rate(1 minute)', milliseconds: 60_000 },
    { expression: 'rate(5 minutes)', milliseconds: 300_000 },
    { expression: 'rate(12 hours)', milliseconds: 43_200_000 },
    { expression: 'rate(1 day)', milliseconds: 86_400_000 },
  ])('$expression', ({ expression, milliseconds }) => {
    expect(readSchedule(resource(expression))).toEqual({
      name: 'one-Sweep',
      milliseconds,
      functionArn: 'function',
      roleArn: 'role',
      event: { by: 'schedule' },
    });
  });

  test.each(['cron(0 12 * * ? *)', 'at(2026-11-20T13:00:00)', 'rate(5 seconds)'])(
    '%s is refused',
    (expression) => {
      expect(() => readSchedule(resource(expression))).toThrow(
        `the local cloud runs schedules of the form rate(5 minutes), not ${expression}`,
      );
    },
  );
});

/** Schedules on a clock that the test moves; `runs` are the minutes at which they ran. */
function scheduled(...expressions: readonly string[]) {
  const clock = createClock();
  const began = clock.now();
  const runs: string[] = [];
  const schedules = expressions.map((expression) => readSchedule(resource(expression)));
  const end = startSchedules(schedules, clock, async ({ milliseconds }) => {
    runs.push(`${milliseconds / 60_000} at ${Math.round((clock.now() - began) / 60_000)}`);
  });
  return { end, runs, at: (minute: number) => clock.advanceTo(began + minute * 60_000 + 1000) };
}

test('schedules run at their rates by the clock, until they are ended', () => {
  const { at, end, runs } = scheduled('rate(2 minutes)', 'rate(5 minutes)');
  for (const minute of [1, 2, 3, 4, 5, 6]) at(minute);
  expect(runs).toEqual(['2 at 2', '2 at 4', '5 at 5', '2 at 6']);
  end();
  at(60);
  expect(runs).toHaveLength(4);
});

test('a schedule runs once where the clock is moved past many periods', () => {
  const { at, end, runs } = scheduled('rate(5 minutes)');
  at(60 * 24 * 365);
  at(60 * 24 * 365 + 5);
  end();
  expect(runs).toEqual(['5 at 525600', '5 at 525605']);
});
