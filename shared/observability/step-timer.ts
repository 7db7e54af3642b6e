import { performance } from 'node:perf_hooks';
import type { Metric } from '../config/metrics.ts';
import { type Measurement, measuredIfAny } from './measurement.ts';

type Step = (...input: readonly unknown[]) => Promise<unknown>;

/** Measures how long the steps of one request take. */
export interface StepTimer {
  /** The same port, with the time of each of these methods measured; the times of several calls are added. */
  timed<Port extends object>(port: Port, methods: { readonly [Method in keyof Port]?: Metric<never> }): Port;
  /** What was measured until now, in milliseconds; nothing of steps that were not taken. */
  measurements(): readonly Measurement[];
}

/**
 * Measures the steps of one request.
 *
 * @param elapsed milliseconds that only grow. @default performance.now
 * @example
 * const timer = stepTimer();
 * const signer = timer.timed(deps.signer, { sign: SIGN_MILLISECONDS });
 * log.info('request', fields, metrics(...timer.measurements()));
 */
export function stepTimer(elapsed = () => performance.now()): StepTimer {
  const spent = new Map<Metric<never>, number>();
  const time =
    (metric: Metric<never>, step: Step): Step =>
    async (...input) => {
      const start = elapsed();
      try {
        return await step(...input);
      } finally {
        spent.set(metric, (spent.get(metric) ?? 0) + elapsed() - start);
      }
    };
  return {
    timed: (port, methods) => {
      const timed = Object.entries<Metric<never>>(methods as Record<string, Metric<never>>).map(
        ([name, metric]) => [name, time(metric, Reflect.get(port, name) as Step)] as const,
      );
      return { ...port, ...Object.fromEntries(timed) };
    },
    measurements: () =>
      [...spent].flatMap(([metric, milliseconds]) =>
        measuredIfAny(metric, Math.round(milliseconds * 10) / 10),
      ),
  };
}
