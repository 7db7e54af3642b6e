import type { Clock } from '../service/clock.ts';

/** Requests that a stage accepts: per second on average, and at once. */
interface Limit {
  readonly rate: number;
  readonly burst: number;
}

/** `MethodSettings` of a stage (CloudFormation template reference, AWS::ApiGateway::Stage). */
export type MethodSettings = readonly Readonly<Record<string, unknown>>[];

/** Whether one more request of a method is accepted now. @param resource `/tokens/{id}` */
export type Throttle = (method: string, resource: string) => boolean;

/** The account's limit, which holds where the stage sets none (API Gateway quotas). */
const ACCOUNT: Limit = { rate: 10_000, burst: 5000 };

/**
 * Throttles as the stage's method settings say (API Gateway developer guide, "Throttle requests to your REST APIs"): a
 * token bucket for each entry, that of `*` and `/*` for all methods without one of their own.
 */
export function stageThrottle(settings: MethodSettings, clock: Pick<Clock, 'now'>): Throttle {
  const buckets = new Map<string, () => boolean>();
  for (const { HttpMethod, ResourcePath, ThrottlingRateLimit, ThrottlingBurstLimit } of settings) {
    const rate = Number(ThrottlingRateLimit ?? ACCOUNT.rate);
    const burst = Number(ThrottlingBurstLimit ?? ACCOUNT.burst);
    // Slashes of the resource, except the first, are written `~1`, as in JSON pointers.
    const path = String(ResourcePath)
      .replace(/^\/(?=~1)/, '')
      .replaceAll('~1', '/');
    buckets.set(`${String(HttpMethod)} ${path}`, tokenBucket({ rate, burst }, clock));
  }
  const account = tokenBucket(ACCOUNT, clock);
  return (method, resource) => {
    const take = buckets.get(`${method} ${resource}`) ?? buckets.get('* /*') ?? account;
    return take();
  };
}

/** Full at first; a request takes a token, and `rate` tokens come back each second. */
function tokenBucket({ rate, burst }: Limit, { now }: Pick<Clock, 'now'>): () => boolean {
  let tokens = burst;
  let filledAt = now();
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + (Math.max(0, time - filledAt) / 1000) * rate);
    filledAt = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
