import { existsSync, readFileSync } from 'node:fs';

/*
 * `node .ci/failures.mjs <report>`: a line for each test that failed in a report of jest, interop or bench, with the
 * beginning of the reason. CI prints them last, where a reader looks first.
 */
const MOST = 30;
const LENGTH = 400;

const [, , file] = process.argv;
if (!existsSync(file)) {
  console.log(`  ${file} was not written: the run was ended, or broke off, before its first result`);
  process.exit();
}
const report = JSON.parse(readFileSync(file, 'utf8'));
const lines = [...(report.testResults ?? []).flatMap(ofSuite), ...(report.checks ?? []).flatMap(ofCheck)];
for (const line of lines.slice(0, MOST)) console.log(`  ${line.replaceAll(/\s+/g, ' ').slice(0, LENGTH)}`);
if (lines.length > MOST) console.log(`  and ${lines.length - MOST} more`);

/** Jest's: a test that did not pass, or a file that did not load. */
function ofSuite({ name, message, assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status !== 'passed');
  const file = name.replace(`${process.cwd()}/`, '');
  if (failed.length === 0 && message !== '' && assertionResults.length === 0) return [`${file}: ${message}`];
  return failed.map(
    ({ fullName, status, failureMessages }) =>
      `${file}: ${fullName} (${status}): ${failureMessages.join(' ')}`,
  );
}

function ofCheck({ subject, judge, passed, findings }) {
  return passed ? [] : [`${judge}: ${subject}: ${findings.map(({ text }) => text).join('; ')}`];
}
