import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { enrollmentStorm, type Service } from '../../bench/storms/enrollment.ts';
import { curlPatience, scriptPatience } from '../../bench/storms/patience.ts';
import { renewalStorm, TIMERS } from '../../bench/storms/renewal.ts';
import { tokenBucket, virtualTime } from '../../bench/storms/virtual-time.ts';
import { longestWaitAfter, readWaitPlan, WAIT_PART } from '../../bench/storms/wait-plan.ts';

describe('the waits of the scripts', () => {
  const plan = readWaitPlan();

  test('are as the simulation takes them', () => {
    const draws =
      'for try in 1 2 3 4 5 6 20; do for _ in 1 2 3 4 5 6 7 8; do wait_seconds "$try" 100; echo; done; done';
    const printed = execFileSync('sh', ['-c', `. "$1"; ${draws}`, 'sh', WAIT_PART], { encoding: 'utf8' });
    const waits = printed.trim().split('\n').map(Number);
    expect(waits).toHaveLength(56);
    for (const [index, wait] of waits.entries()) {
      const failed = [1, 2, 3, 4, 5, 6, 20][Math.floor(index / 8)] ?? 0;
      expect(wait).toBeGreaterThanOrEqual(100);
      expect(wait).toBeLessThanOrEqual(100 + longestWaitAfter(plan, failed));
    }
  });

  test('go from 4 to 60 seconds, with at least 10 tries', () => {
    expect(plan).toMatchObject({ firstWait: 4, longestWait: 60 });
    expect(plan.tries).toBeGreaterThanOrEqual(10);
    expect([1, 2, 3, 4, 5, 40].map((failed) => longestWaitAfter(plan, failed))).toEqual([
      4, 8, 16, 32, 60, 60,
    ]);
  });
});

describe('the simulation', () => {
  const service: Service = {
    throttle: { ratePerSecond: 5, burst: 10 },
    kmsSignaturesPerSecond: 5,
    concurrency: 100,
  };
  const fleet = { hosts: 1000, within: 600, waves: 1, startDelay: 0 };

  test('a token bucket: its burst at once, then its rate', () => {
    const time = virtualTime();
    const take = tokenBucket(time, 5, 10);
    const taken: number[] = [];
    for (const second of [1, 2, 3])
      time.after(second, () => taken.push(Array.from({ length: 20 }, take).filter(Boolean).length));
    time.run();
    expect(taken).toEqual([10, 5, 5]);
  });

  test('loses the hosts that are impatient, and only those', () => {
    const patient = enrollmentStorm(service, { ...fleet, patience: scriptPatience(readWaitPlan()) });
    expect(patient).toMatchObject({ enrolled: 1000, gaveUp: 0 });
    expect(patient.throttled).toBeGreaterThan(1000);
    const curl = enrollmentStorm(service, { ...fleet, patience: curlPatience(5) });
    expect(curl.gaveUp).toBeGreaterThan(900);
    expect(curl.enrolled + curl.gaveUp).toBe(1000);
  });

  test('renews every certificate once, in time, over hours', () => {
    const result = renewalStorm({ hosts: 500, lifeSeconds: 30 * DAY, habits: TIMERS });
    expect(result).toMatchObject({ renewed: 500, late: 0 });
    expect(result.hours).toBeGreaterThan(100);
  });

  test('gives the same figures again', () => {
    const run = () => enrollmentStorm(service, { ...fleet, patience: scriptPatience(readWaitPlan()) });
    expect(run()).toEqual(run());
  });
});
