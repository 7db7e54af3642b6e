import type { HttpAnswer } from '../gateway/answers.ts';
import type { Caching } from './distribution.ts';

/** An answer of an origin, and when it came. */
export interface CachedAnswer extends HttpAnswer {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** Answers of origins, each as long as its headers and the cache policy say. */
export interface AnswerCache {
  /** @returns undefined where there is none, or where it is too old. */
  get(key: string): CachedAnswer | undefined;
  put(key: string, answer: CachedAnswer, seconds: number): void;
}

/** Answers that are kept at most: those that came last. */
const KEPT = 1000;

/** @param now milliseconds since 1970. */
export function answerCache(now: () => number): AnswerCache {
  const entries = new Map<string, { readonly answer: CachedAnswer; readonly until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      // What came in the future is of a clock that tests have set back.
      const fresh = entry !== undefined && entry.answer.receivedAt <= now() && now() < entry.until;
      return fresh ? entry.answer : undefined;
    },
    put(key, answer, seconds) {
      entries.delete(key);
      if (seconds > 0) entries.set(key, { answer, until: answer.receivedAt + seconds * 1000 });
      const [oldest] = entries.keys();
      if (entries.size > KEPT && oldest !== undefined) entries.delete(oldest);
    },
  };
}

/** Errors that CloudFront keeps for 10 s where the origin and the distribution do not say (its developer guide, "How CloudFront caches errors"). */
const CACHED_ERRORS = [404, 414, 500, 501, 502, 503, 504];

/**
 * For how many seconds CloudFront keeps an answer (its developer guide, "Manage how long content stays in the cache" and
 * "How CloudFront caches errors").
 */
export function secondsToKeep(
  { status, headers }: HttpAnswer,
  caching: Caching,
  errorSeconds: ReadonlyMap<number, number>,
): number {
  const control = headers.find(([name]) => name.toLowerCase() === 'cache-control')?.[1] ?? '';
  const age = /\bs-maxage=(\d+)/i.exec(control)?.[1] ?? /\bmax-age=(\d+)/i.exec(control)?.[1];
  if (status >= 400) {
    const least = errorSeconds.get(status) ?? (CACHED_ERRORS.includes(status) ? 10 : 0);
    return Math.max(least, Number(age ?? 0));
  }
  if (/\b(no-cache|no-store|private)\b/i.test(control)) return caching.min;
  return Math.min(caching.max, Math.max(caching.min, Number(age ?? caching.default)));
}
