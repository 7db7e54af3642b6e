import { describe, expect, test } from '@jest/globals';
import { type MethodSettings, stageThrottle } from '../../../infra/local/gateway/throttle.ts';

const all = { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3 };
const enroll = {
  HttpMethod: 'POST',
  ResourcePath: '/~1enroll',
  ThrottlingRateLimit: 1,
  ThrottlingBurstLimit: 1,
};

function throttled(...settings: MethodSettings) {
  let time = 0;
  const passes = stageThrottle(settings, { now: () => time });
  return {
    pass: (seconds: number) => {
      time += seconds * 1000;
    },
    get: (path = '/trust') => passes('GET', path),
    post: (path: string) => passes('POST', path),
  };
}

const count = (passes: () => boolean, tries = 10_000) =>
  Array.from({ length: tries }, passes).filter(Boolean).length;

describe('a stage lets through', () => {
  test('the burst at once, then the rate', () => {
    const { get, pass } = throttled(all);
    expect(count(get)).toBe(3);
    pass(1);
    expect(count(get)).toBe(2);
    pass(0.5);
    expect(count(get)).toBe(1);
    pass(3600);
    expect(count(get)).toBe(3);
  });

  test('no more while the clock goes back', () => {
    const { get, pass } = throttled(all);
    expect(count(get)).toBe(3);
    pass(-3600);
    expect(get()).toBe(false);
    pass(1);
    expect(count(get)).toBe(2);
  });

  test('by one bucket for all methods without settings of their own', () => {
    const { get, post } = throttled(all, enroll);
    expect([get('/a'), get('/b'), post('/c'), get('/a')]).toEqual([true, true, true, false]);
    expect([post('/enroll'), post('/enroll')]).toEqual([true, false]);
  });

  test('what the account has where it says nothing: 5,000 at once', () => {
    expect(count(throttled().get)).toBe(5000);
    expect(count(throttled({ HttpMethod: '*', ResourcePath: '/*' }).get)).toBe(5000);
  });
});
