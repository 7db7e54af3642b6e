import { randomSequence } from '../../support/random-sequence.ts';
import { tokenBucket, type VirtualTime, virtualTime } from './virtual-time.ts';

/** What hosts run into. */
export interface Service {
  /** Requests a second and at once, at the gateway. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly kmsSignaturesPerSecond: number;
  /** Concurrent executions of functions that the account allows. */
  readonly concurrency: number;
}

/** How a host goes on after a failed try, the first of which is 1. */
export interface Patience {
  /** Seconds, given what `Retry-After` says (0 where it says nothing). Undefined: it gives up. */
  waitAfter(failed: number, retryAfterSeconds: number, random: () => number): number | undefined;
}

/** Hosts that begin within a time. */
export interface Fleet {
  readonly hosts: number;
  /** Seconds from the first host's start to the last one's. */
  readonly within: number;
  /** They start in so many waves at equal distances. @default - evenly */
  readonly waves?: number;
  /** The longest start delay, drawn evenly. Seconds. */
  readonly startDelay: number;
  readonly patience: Patience;
}

export interface StormResult {
  readonly enrolled: number;
  readonly gaveUp: number;
  /** Seconds from the first start to the last certificate. */
  readonly lasted: number;
  readonly requests: number;
  /** Answered 429 by the gateway. */
  readonly throttled: number;
  /** The most signatures in any second. */
  readonly peakSignatures: number;
}

/** What a host asks for, one after the other: the script, the trust bundle, its certificate. Only the last one is signed. */
const REQUESTS = ['script', 'trust', 'enroll'] as const;

/** What 429 and 503 say where nothing else is known (`shared/http/problem.ts`). Seconds. */
const RETRY_AFTER_SECONDS = 2;

/** The signer's patience (`shared/kms/attempts.ts`): full jitter up to a second, within 8. */
const SIGNING = { budgetSeconds: 8, longestPause: (attempt: number) => Math.min(1, 0.025 * 2 ** attempt) };

/** Seconds that a function works, without waiting for KMS's quota: mostly the services that it calls, at times a cold start. */
const latency = (random: () => number) => (random() < 0.02 ? 1.5 : 0.15 + 0.2 * random());

/** Lets all hosts of a fleet enroll, in virtual time. The same arguments have the same result. */
export function enrollmentStorm(service: Service, fleet: Fleet): StormResult {
  const random = randomSequence(1);
  const time = virtualTime();
  const serve = front(service, time, random);
  const result = { enrolled: 0, gaveUp: 0, lasted: 0 };
  const enrolled = (): void => {
    result.enrolled += 1;
    result.lasted = time.now();
  };
  for (let host = 0; host < fleet.hosts; host++) {
    const steps = { next: 0, failed: 0 };
    const answered = (outcome: Outcome): void => {
      if (outcome === 'ok') {
        steps.next += 1;
        steps.failed = 0;
        if (steps.next < REQUESTS.length) ask();
        else enrolled();
        return;
      }
      steps.failed += 1;
      const asked = outcome === 'busy' ? RETRY_AFTER_SECONDS : 0;
      const wait = fleet.patience.waitAfter(steps.failed, asked, random);
      if (wait === undefined) result.gaveUp += 1;
      else time.after(wait, ask);
    };
    const ask = (): void => serve.request(REQUESTS[steps.next] === 'enroll', answered);
    time.after(startOf(host, fleet) + fleet.startDelay * random(), ask);
  }
  time.run();
  return { ...result, ...serve.counts() };
}

function startOf(host: number, { hosts, within, waves }: Fleet): number {
  const share = host / hosts;
  return within * (waves === undefined ? share : Math.floor(share * waves) / waves);
}

/** `busy`: 429 or 503, with `Retry-After`; `failed`: another 5xx. */
type Outcome = 'ok' | 'busy' | 'failed';

/** Gateway, functions and KMS. */
function front(
  { throttle, kmsSignaturesPerSecond, concurrency }: Service,
  time: VirtualTime,
  random: () => number,
) {
  const admit = tokenBucket(time, throttle.ratePerSecond, throttle.burst);
  const quota = tokenBucket(time, kmsSignaturesPerSecond, kmsSignaturesPerSecond);
  const signatures = new Map<number, number>();
  const counts = { requests: 0, throttled: 0 };
  let running = 0;
  const sign = (since: number, attempt: number, done: (outcome: Outcome) => void): void => {
    const pause = random() * SIGNING.longestPause(attempt);
    if (quota()) {
      const second = Math.floor(time.now());
      signatures.set(second, (signatures.get(second) ?? 0) + 1);
      time.after(latency(random), () => done('ok'));
    } else if (time.now() + pause - since >= SIGNING.budgetSeconds) done('busy');
    else time.after(pause, () => sign(since, attempt + 1, done));
  };
  const run = (needsSignature: boolean, done: (outcome: Outcome) => void): void => {
    running += 1;
    const end = (outcome: Outcome): void => {
      running -= 1;
      done(outcome);
    };
    if (needsSignature) sign(time.now(), 1, end);
    else time.after(latency(random), () => end('ok'));
  };
  return {
    request(needsSignature: boolean, done: (outcome: Outcome) => void): void {
      counts.requests += 1;
      if (!admit()) {
        counts.throttled += 1;
        done('busy');
      } else if (running < concurrency) run(needsSignature, done);
      // Of a function that has no instance left, the gateway makes a 5xx of its own.
      else done('failed');
    },
    counts: () => ({ ...counts, peakSignatures: Math.max(0, ...signatures.values()) }),
  };
}
