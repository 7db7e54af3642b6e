import { performance } from 'node:perf_hooks';
import type { Metric } from '../config/metrics.ts';
import { type Measurement, measuredIfAny } from './measurement.ts';

/** Measures how long the steps of one request take. */
export interface StepTimer {
  /** Returns the function with its time measured as this metric; the times of several calls are added. */
  time<Input extends readonly unknown[], Output>(
    metric: Metric<never>,
    step: (...input: Input) => Promise<Output>,
  ): (...input: Input) => Promise<Output>;
  /** What was measured until now, in milliseconds; nothing of steps that were not taken. */
  measurements(): readonly Measurement[];
}

/**
 * Measures the steps of one request.
 *
 * @param elapsed milliseconds that only grow. @default performance.now
 * @example
 * const timer = stepTimer();
 * const signer = { ...deps.signer, sign: timer.time(SIGN_MILLISECONDS, deps.signer.sign) };
 * log.info('enrollment', fields, timer.measurements());
 */
export function stepTimer(elapsed = () => performance.now()): StepTimer {
  const spent = new Map<Metric<never>, number>();
  return {
    time:
      (metric, step) =>
      async (...input) => {
        const start = elapsed();
        try {
          return await step(...input);
        } finally {
          spent.set(metric, (spent.get(metric) ?? 0) + elapsed() - start);
        }
      },
    measurements: () =>
      [...spent].flatMap(([metric, milliseconds]) =>
        measuredIfAny(metric, Math.round(milliseconds * 10) / 10),
      ),
  };
}
