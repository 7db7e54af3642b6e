import type { Check } from '../report.ts';

/** A check that failed if there is any fault. */
export function check(subject: string, judge: string, faults: readonly string[]): Check {
  const findings = faults.map((text) => ({ severity: 'error', text }) as const);
  return { subject, judge, passed: faults.length === 0, findings };
}
