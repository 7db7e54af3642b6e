import { describe, expect, test } from '@jest/globals';
import { readSchedule, startSchedules } from '../../../infra/local/lambda/schedule.ts';

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

test('a schedule invokes again and again until it is ended', async () => {
  let runs = 0;
  const thrice = Promise.withResolvers<void>();
  const end = startSchedules([{ ...readSchedule(resource('rate(1 minute)')), milliseconds: 1 }], async () => {
    runs += 1;
    if (runs === 3) thrice.resolve();
  });
  await thrice.promise;
  end();
  expect(runs).toBe(3);
});
