import { expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { behaviourOf } from '../../simulation/behaviour.ts';

const period = { from: 20_800 * DAY, to: 21_530 * DAY };
const plansOf = (seed: number, count = 500) =>
  Array.from({ length: count }, (_, n) => {
    const { random, ...plan } = behaviourOf(`agent-${n}`, seed, period);
    return { ...plan, next: [random(), random()] };
  });

test('the same seed gives the same lives, another seed gives others', () => {
  expect(plansOf(1)).toEqual(plansOf(1));
  expect(plansOf(2)).not.toEqual(plansOf(1));
});

test('what happens to a host does not depend on how many there are', () => {
  expect(plansOf(1, 10)).toEqual(plansOf(1).slice(0, 10));
});

test('a fleet has hosts of every kind, and everything happens to some in the period', () => {
  const plans = plansOf(1);
  for (const what of ['away', 'forgets', 'reimaged', 'revoked'] as const)
    expect(plans.filter((plan) => plan[what].length > 0).length).toBeGreaterThan(5);
  expect(plans.filter(({ ends }) => ends !== undefined).length).toBeGreaterThan(5);
  expect(new Set(plans.map(({ keyKind }) => keyKind))).toEqual(new Set(['p256', 'p384', 'ed25519']));
  expect(new Set(plans.map(({ lifetimeDays }) => lifetimeDays))).toEqual(new Set([30, 90]));
  for (const { begins, away, reimaged, revoked, ends = begins } of plans)
    for (const time of [begins, ...away.map(({ to }) => to), ...reimaged, ...revoked, ends]) {
      expect(time).toBeGreaterThanOrEqual(period.from);
      expect(time).toBeLessThanOrEqual(period.to);
    }
});
