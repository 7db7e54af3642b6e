import { describe, expect, test } from '@jest/globals';
import { answerCache, secondsToKeep } from '../../../infra/local/cloudfront/cache.ts';

const answer = (status: number, control?: string) => ({
  status,
  headers: control === undefined ? [] : ([['Cache-Control', control]] as const),
  body: '',
});

describe('an answer is kept', () => {
  const caching = { min: 1, default: 100, max: 1000 };
  test.each([
    { name: 'as long as it says', status: 200, control: 'public, max-age=60', seconds: 60 },
    {
      name: 'as long as it says to shared caches',
      status: 200,
      control: 'max-age=60, s-maxage=30',
      seconds: 30,
    },
    { name: 'at most as long as the policy says', status: 200, control: 'max-age=5000', seconds: 1000 },
    { name: 'at least as long as the policy says', status: 200, control: 'max-age=0', seconds: 1 },
    { name: 'at least so long although it forbids that', status: 200, control: 'no-store', seconds: 1 },
    {
      name: 'for the default of the policy, where it says nothing',
      status: 200,
      control: undefined,
      seconds: 100,
    },
    { name: 'for 10 s, if it is an error', status: 500, control: undefined, seconds: 10 },
    {
      name: 'for as long as the distribution says, if it is an error',
      status: 403,
      control: undefined,
      seconds: 5,
    },
    { name: 'for as long as it says, if that is longer', status: 403, control: 'max-age=60', seconds: 60 },
    { name: 'not at all, if it is an error of the viewer', status: 400, control: undefined, seconds: 0 },
  ])('$name', ({ status, control, seconds }) => {
    expect(secondsToKeep(answer(status, control), caching, new Map([[403, 5]]))).toBe(seconds);
  });
});

test('the cache keeps the last 1,000', () => {
  const cache = answerCache(() => 0);
  for (let n = 0; n < 1001; n += 1) cache.put(`${n}`, { ...answer(200), receivedAt: 0 }, 60);
  expect([cache.get('0'), cache.get('1000')?.status]).toEqual([undefined, 200]);
});
