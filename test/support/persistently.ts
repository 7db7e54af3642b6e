import { expect } from '@jest/globals';
import type { ApiAnswer } from './api-client.ts';

/** A client as it should be: it comes back when it is told to, up to 10 times. */
export async function persistently(ask: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if ((answer.status !== 503 && answer.status !== 429) || tries === 10) return answer;
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
}
