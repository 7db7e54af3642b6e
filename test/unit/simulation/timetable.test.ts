import { expect, test } from '@jest/globals';
import { History, uncovered } from '../../simulation/history.ts';
import { Timetable } from '../../simulation/timetable.ts';

test('events happen in the order of their times, and time jumps to each', async () => {
  const timetable = new Timetable(0, 2);
  const happened: string[] = [];
  const times: number[] = [];
  for (const time of [70, 10, 500, 30, 10, 90])
    timetable.plan(time, async () => void happened.push(`${time} at ${timetable.now}`));
  timetable.planFirst(10, async () => void happened.push('before'));
  await timetable.run(100, (time) => void times.push(time));
  expect(happened).toEqual(['before', '10 at 10', '10 at 10', '30 at 30', '70 at 70', '90 at 90']);
  expect([times, timetable.now]).toEqual([[10, 30, 70, 90], 100]);
});

test('an event that plans one for the past gets it a second later', async () => {
  const timetable = new Timetable(0, 1);
  const happened: number[] = [];
  timetable.plan(5, async () => timetable.plan(1, async () => void happened.push(timetable.now)));
  await timetable.run(10, () => {});
  expect(happened).toEqual([6]);
});

test('no more events run at once than it may', async () => {
  const timetable = new Timetable(0, 3);
  let running = 0;
  let most = 0;
  for (let n = 0; n < 10; n++)
    timetable.plan(1, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    });
  await timetable.run(1, () => {});
  expect(most).toBe(3);
});

test('a history says what was when, and what it was between', () => {
  const history = new History<string>();
  history.set(10, 'a');
  history.set(20, 'b');
  history.set(20, 'c');
  expect([history.at(9), history.at(10), history.at(25)]).toEqual([undefined, 'a', 'c']);
  expect(history.until(30)).toEqual([
    { from: 10, to: 20, value: 'a' },
    { from: 20, to: 30, value: 'c' },
  ]);
  expect(() => history.set(5, 'd')).toThrow('a history is written in the order of time');
});

test('what no part covers', () => {
  const parts = [
    { from: 20, to: 30 },
    { from: 5, to: 12 },
    { from: 28, to: 40 },
  ];
  expect(uncovered({ from: 10, to: 50 }, parts)).toEqual([
    { from: 12, to: 20 },
    { from: 40, to: 50 },
  ]);
});
