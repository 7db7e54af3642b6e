import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding } from './judges.ts';

/** One judge's word on one certificate. */
export interface Check {
  /** For example `leaf agent p256 under RSA_3072`. */
  readonly subject: string;
  readonly judge: string;
  readonly passed: boolean;
  readonly findings: readonly Finding[];
  /** What its cell of the table says. @default `ok` or `FAIL`, with how many findings */
  readonly cell?: string;
}

/** Whether nothing above a notice was found, but for what is overruled. */
export function passes(findings: readonly Finding[]): boolean {
  return findings.every(({ severity }) => severity === 'notice' || severity === 'overruled');
}

/** A line per certificate, a column per judge: `ok`, `ok (1)` with notices, `FAIL (2)`. */
export function table(checks: readonly Check[]): string {
  const judges = [...new Set(checks.map(({ judge }) => judge))];
  const subjects = [...new Set(checks.map(({ subject }) => subject))];
  const rows = subjects.map((subject) => [
    subject,
    ...judges.map((judge) =>
      cell(checks.find((check) => check.subject === subject && check.judge === judge)),
    ),
  ]);
  return columns([['certificate', ...judges], ...rows]);
}

function cell(check: Check | undefined): string {
  if (check === undefined) return '';
  if (check.cell !== undefined) return check.cell;
  const count = check.findings.length > 0 ? ` (${check.findings.length})` : '';
  return `${check.passed ? 'ok' : 'FAIL'}${count}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** Every finding once, with how many certificates have it: what to read when something failed. */
export function findingList(checks: readonly Check[]): readonly string[] {
  const seen = new Map<string, string[]>();
  for (const { subject, judge, findings } of checks) {
    for (const { severity, text } of findings) {
      const key = `${severity}  ${judge}  ${text.replace(/"spiffe:[^"]*"/, '"spiffe:..."')}`;
      seen.set(key, [...(seen.get(key) ?? []), subject]);
    }
  }
  return [...seen].map(
    ([key, subjects]) => `${key}  [${subjects.length}: ${[...new Set(subjects)].slice(0, 3).join(', ')}]`,
  );
}

/** Writes the report that CI counts: `{ passed, failed, versions, checks }`. */
export function writeReport(
  path: string,
  checks: readonly Check[],
  versions: Readonly<Record<string, string>>,
): void {
  const passed = checks.filter((check) => check.passed).length;
  mkdirSync(dirname(path), { recursive: true });
  const report = { passed, failed: checks.length - passed, versions, checks };
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
