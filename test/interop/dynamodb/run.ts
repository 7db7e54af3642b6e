import type { Check } from '../report.ts';
import { type ContractTest, runContract } from './contract.ts';
import { startEngine } from './engine.ts';

const EMBEDDED = 'embedded engine';

/**
 * The contract of the stores on two engines of DynamoDB and S3 by different authors: those of the local cloud and
 * others. Each test is a check on either; one that only one of them ran is a failure.
 */
export async function dynamodbChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const embedded = await runContract();
  const engine = await startEngine(say);
  try {
    const other = await runContract(engine.url);
    const checks = [...judged(EMBEDDED, embedded, other), ...judged(engine.name, other, embedded)];
    return [...checks, ...counted(engine.name, await engine.tables(), other.length)];
  } finally {
    await engine.stop();
  }
}

/** A check for each test that ran, and for each that ran on the other engine only. */
function judged(
  judge: string,
  tests: readonly ContractTest[],
  elsewhere: readonly ContractTest[],
): readonly Check[] {
  const ran = new Set(tests.map(({ name }) => name));
  const missing = elsewhere.filter(({ name }) => !ran.has(name));
  return [
    ...tests.map(({ name, status, reason }) => check(name, judge, status === 'passed', reason ?? status)),
    ...missing.map(({ name }) => check(name, judge, false, 'did not run')),
  ];
}

/** That the other engine was used: without it, both columns would be of the embedded one. */
function counted(judge: string, tables: number, tests: number): readonly Check[] {
  const subject = 'the suite made its tables in this engine';
  const words = `${tests} tests, and ${tables} tables in it`;
  return [check(subject, EMBEDDED, tests > 0, words), check(subject, judge, tests > 0 && tables > 0, words)];
}

function check(subject: string, judge: string, passed: boolean, words: string): Check {
  return { subject, judge, passed, findings: passed ? [] : [{ severity: 'error', text: words }] };
}
