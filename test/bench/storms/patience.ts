import type { Patience } from './enrollment.ts';
import { longestWaitAfter, type WaitPlan } from './wait-plan.ts';

/** As the scripts of hosts wait: full jitter, on top of what the service asks for. */
export function scriptPatience(plan: WaitPlan): Patience {
  return {
    waitAfter: (failed, retryAfterSeconds, random) =>
      failed >= plan.tries ? undefined : retryAfterSeconds + random() * longestWaitAfter(plan, failed),
  };
}

/**
 * As `curl --retry <retries>` waits: 1 s, doubled each time, without jitter; what `Retry-After` says instead, where it says
 * something (curl's manual, "--retry").
 */
export function curlPatience(retries: number): Patience {
  return {
    waitAfter: (failed, retryAfterSeconds) =>
      failed > retries ? undefined : retryAfterSeconds || 2 ** (failed - 1),
  };
}
