import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../judges.ts';
import type { Check } from '../report.ts';
import type { Case } from './case.ts';
import { makeCases } from './cases.ts';
import { EXCEPTIONS, type Exception, exceptionFor } from './exceptions.ts';
import { ask, type Judge, type Verdict } from './judges.ts';
import { buildJudges } from './programs.ts';

/** What a judge said of a case, and what to make of it. */
interface Judged {
  readonly trial: Case;
  readonly finding: Finding | undefined;
  readonly exception: Exception | undefined;
}

/**
 * Certificates of every profile and kind of key, by authorities with every kind of name constraints, before the verifiers
 * that peers are built on: with the right name, usage, time and chain, and with one of them wrong. Each verdict is as
 * expected, or one of the exceptions that are listed with their reasons.
 */
export async function verifierChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const judges = await buildJudges(say);
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-verifiers-'));
  try {
    const cases = await makeCases(directory);
    say(`${cases.length} cases before ${judges.length} judges`);
    const columns: (readonly Judged[])[] = [];
    for (const judge of judges) columns.push(judgedBy(judge, cases, await ask(judge, cases)));
    const rows = judges.flatMap((judge, column) => rowsOf(judge, columns[column] ?? []));
    return [...rows, ...exceptionChecks(judges, columns.flat())];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function judgedBy(
  judge: Judge,
  cases: readonly Case[],
  verdicts: readonly (Verdict | undefined)[],
): readonly Judged[] {
  return cases.map((trial, index) => {
    const exception = exceptionFor(judge.name, trial);
    return { trial, exception, finding: findingOf(trial, verdicts[index], exception) };
  });
}

function findingOf(
  { key, trial, expected }: Case,
  given: Verdict | undefined,
  exception: Exception | undefined,
): Finding | undefined {
  if (given === undefined) return { severity: 'error', text: `${key}, ${trial}: no verdict` };
  const { verdict, words } = given;
  if (exception !== undefined && verdict === 'refuse')
    return { severity: 'overruled', text: exception.reason };
  if (exception !== undefined)
    return { severity: 'error', text: `accepted, take it off the list of exceptions: ${exception.reason}` };
  if (verdict === expected) return undefined;
  return { severity: 'error', text: `${key}, ${trial}: ${verdict} ${words}, expected: ${expected}` };
}

/** A check for each authority and profile, over all kinds of keys and all that is right or wrong. */
function rowsOf({ name: judge }: Judge, judged: readonly Judged[]): readonly Check[] {
  const rows = Map.groupBy(judged, ({ trial }) => `${trial.authority}: ${trial.subject}`);
  return [...rows].map(([subject, row]) => {
    const findings = row.flatMap(({ finding }) => finding ?? []);
    const wrong = findings.filter(({ severity }) => severity === 'error').length;
    const listed = findings.length - wrong;
    const right = `${row.length - findings.length} right${listed > 0 ? `, ${listed} listed` : ''}`;
    const passed = wrong === 0;
    return { subject, judge, passed, findings, cell: passed ? right : `${wrong} WRONG, ${right}` };
  });
}

/** That each exception is still needed, in the column of its judge. */
function exceptionChecks(judges: readonly Judge[], judged: readonly Judged[]): readonly Check[] {
  const needed = new Set(judged.map(({ exception }) => exception));
  return judges.map(({ name: judge }) => {
    const own = EXCEPTIONS.filter((entry) => judge.startsWith(entry.judge));
    const idle = own.filter((entry) => !needed.has(entry));
    const findings = idle.map(
      ({ reason }) => ({ severity: 'error', text: `not needed: ${reason}` }) as const,
    );
    const cell = idle.length > 0 ? `${idle.length} WRONG` : `${own.length} listed`;
    return { subject: 'every exception is needed', judge, passed: idle.length === 0, findings, cell };
  });
}
