/** Variable that every function has, beside those of its own. */
export const METRICS_NAMESPACE = 'METRICS_NAMESPACE';

/** The namespace of all metrics of an authority. */
export function metricsNamespaceOf(authority: string): string {
  return `fleetseal/${authority}`;
}

/** The namespace of the metrics of this function; undefined where it emits none, as in tests. */
export function metricsNamespace(
  source: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return source[METRICS_NAMESPACE];
}
