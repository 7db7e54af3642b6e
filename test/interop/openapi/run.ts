import { TestCloud } from '../../support/cloud.ts';
import type { Check } from '../report.ts';
import { RULES, RULES_AT_TIMES } from './rules.ts';
import { type Report, type Tested, testApi } from './schemathesis.ts';

const PHASES = ['examples', 'coverage', 'fuzzing', 'stateful'];

/** Schemathesis against the API of a local cloud: no 5xx, nothing undocumented, nothing refused that the document allows. */
export async function openapiChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const cloud = await TestCloud.start();
  try {
    const tested = await testApi(cloud, say);
    const { report, counts } = tested;
    const judge = `schemathesis ${report.schemathesis_version}`;
    sayFigures(tested, say);
    return [
      ...operationChecks(judge, tested),
      ...PHASES.map((phase) => phaseCheck(judge, phase, report)),
      ...Object.entries(RULES).map(([name, reason]) => {
        const errors = counts.rules[name] === undefined ? [`not needed, remove it: ${reason}`] : [];
        return check(`rule ${name} is needed`, judge, errors);
      }),
    ];
  } finally {
    await cloud.stop();
  }
}

function sayFigures({ report, counts, words }: Tested, say: (line: string) => void): void {
  if (report.failures.length > 0) say(words);
  const { test_cases, operations, seed } = report;
  say(`${test_cases.generated} requests to ${operations.tested} operations, seed ${seed}; checks:`);
  for (const [name, number] of Object.entries(counts.checks).sort()) say(`  ${name}: ${number}`);
  for (const [name, reason] of Object.entries({ ...RULES, ...RULES_AT_TIMES }))
    if (counts.rules[name] !== undefined) say(`  rule ${name}, ${counts.rules[name]} times: ${reason}`);
}

/** A check for each operation with failures, and one for all that were tested. */
function operationChecks(judge: string, { report, operations }: Tested): readonly Check[] {
  const { failures } = report;
  const { tested } = report.operations;
  const failing = [...new Set(failures.flatMap((failure) => failure.operations))];
  const untested = tested === operations && tested > 0 ? [] : [`${tested} of ${operations} operations`];
  return [
    check('every operation was tested', judge, untested),
    ...failing.map((operation) => {
      const own = failures.filter((failure) => failure.operations.includes(operation));
      return check(
        operation,
        judge,
        own.map(({ title }) => title),
      );
    }),
  ];
}

function phaseCheck(judge: string, phase: string, { phases, errors }: Report): Check {
  const status = phases[phase]?.status ?? 'did not run';
  const passed = status === 'success' && errors.length === 0;
  return check(`phase ${phase}`, judge, passed ? [] : [status]);
}

function check(subject: string, judge: string, errors: readonly string[]): Check {
  const findings = errors.map((text) => ({ severity: 'error', text }) as const);
  return { subject, judge, passed: errors.length === 0, findings };
}
