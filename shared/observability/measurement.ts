import type { DimensionOf, Metric } from '../config/metrics.ts';
import { metricsNamespace } from '../config/metrics-namespace.ts';
import type { LogMetrics } from './log.ts';
import { redactText } from './redaction.ts';

/** A value of a metric, as a log line carries it. */
export interface Measurement {
  readonly metric: Metric;
  readonly value: number;
  /** The value of each of the metric's dimensions. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * A value of a metric, for a log line.
 *
 * @example log.info('swept', { counts }, metrics(measured(SWEEP_BEHIND_SECONDS, behindSeconds)));
 */
export function measured<Of extends Metric>(
  metric: Of,
  value: number,
  ...[dimensions]: [DimensionOf<Of>] extends [never] ? [] : [Readonly<Record<DimensionOf<Of>, string>>]
): Measurement {
  return { metric, value, dimensions: { ...dimensions } };
}

/** The same, or no value where nothing was measured. */
export function measuredIfAny(metric: Metric<never>, value: number | undefined): readonly Measurement[] {
  return value === undefined ? [] : [{ metric, value, dimensions: {} }];
}

/** The metrics of a log line. They are none where the function has no namespace, as in tests. */
export function metrics(...measurements: readonly Measurement[]): LogMetrics {
  return (at) => embeddedMetrics(measurements, metricsNamespace(), at);
}

function redacted([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, redactText(value)];
}

/**
 * The members that make CloudWatch Logs read metrics out of a line (CloudWatch user guide, "Specification: Embedded metric
 * format"). A line has one value for each dimension, whatever the number of its metrics.
 *
 * @param namespace undefined where there are no metrics, as in tests; then there are no members.
 */
export function embeddedMetrics(
  measurements: readonly Measurement[],
  namespace: string | undefined,
  timestamp: Date,
): Record<string, unknown> {
  if (namespace === undefined || measurements.length === 0) return {};
  return {
    ...Object.fromEntries(measurements.flatMap(({ dimensions }) => Object.entries(dimensions).map(redacted))),
    ...Object.fromEntries(measurements.map(({ metric, value }) => [metric.name, value])),
    _aws: {
      Timestamp: timestamp.getTime(),
      CloudWatchMetrics: directives(measurements).map(([dimensions, metrics]) => ({
        Namespace: namespace,
        Dimensions: [dimensions],
        Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
      })),
    },
  };
}

/** Metrics by their dimensions: those with the same ones share a directive, which takes up to 100. */
function directives(
  measurements: readonly Measurement[],
): readonly (readonly [readonly string[], readonly Metric[]])[] {
  const all = measurements.map(({ metric }) => metric);
  const key = ({ dimensions }: Metric) => dimensions.join();
  return [...new Map(all.map((metric) => [key(metric), metric.dimensions]))].map(
    ([same, dimensions]) => [dimensions, all.filter((metric) => key(metric) === same)] as const,
  );
}
