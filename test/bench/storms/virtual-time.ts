/** A step of virtual time. */
const STEP_MILLISECONDS = 100;

/** Runs actions in virtual time, which passes in steps of {@link STEP_MILLISECONDS}. */
export interface VirtualTime {
  /** Seconds since the start. */
  now(): number;
  /** Does it at the first step that is not earlier than so many seconds from now, and later than this one. */
  after(seconds: number, action: () => void): void;
  /** Until nothing is left to do. */
  run(): void;
}

export function virtualTime(): VirtualTime {
  const steps: (readonly (() => void)[] | undefined)[] = [];
  let step = 0;
  return {
    now: () => (step * STEP_MILLISECONDS) / 1000,
    after(seconds, action) {
      const at = step + Math.max(1, Math.ceil((seconds * 1000) / STEP_MILLISECONDS));
      (steps[at] as (() => void)[] | undefined)?.push(action);
      steps[at] ??= [action];
    },
    run() {
      for (; step < steps.length; step++) {
        for (const action of steps[step] ?? []) action();
        steps[step] = undefined;
      }
    },
  };
}

/** A quota: `rate` a second on average, `burst` at once; as API Gateway's (developer guide, "Throttle requests"). */
export function tokenBucket({ now }: VirtualTime, rate: number, burst: number): () => boolean {
  let tokens = burst;
  let filledAt = 0;
  return () => {
    tokens = Math.min(burst, tokens + (now() - filledAt) * rate);
    filledAt = now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
