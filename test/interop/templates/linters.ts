import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../../support/command.ts';
import type { Policy } from './policies.ts';

export type Linter = 'cfn-lint' | 'checkov' | 'parliament';

/** What a linter finds fault with. */
export interface LintFinding {
  readonly linter: Linter;
  /** For example `CKV_AWS_119`. */
  readonly rule: string;
  /** Type and logical id, for example `AWS::DynamoDB::Table LedgerTable9343E4AA`. */
  readonly resource: string;
  readonly words: string;
}

interface CfnLintFinding {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path: readonly (string | number)[] };
}

/**
 * @param bin directory of the linters' commands
 * @param types of resources, by logical id
 * @throws Error with the words of a linter that did not run.
 */
export async function cfnLint(
  bin: string,
  files: readonly string[],
  types: ReadonlyMap<string, string>,
): Promise<readonly LintFinding[]> {
  const program = join(bin, 'cfn-lint');
  const found = await report<readonly CfnLintFinding[]>(program, ['--format', 'json', '--', ...files]);
  return found.map(({ Rule: { Id: rule }, Message: words, Location: { Path } }) => {
    const [section, logicalId = ''] = Path.map(String);
    const resource = section === 'Resources' ? `${types.get(logicalId)} ${logicalId}` : Path.join('/');
    return { linter: 'cfn-lint', rule, resource, words };
  });
}

interface CheckovReport {
  readonly summary: { readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly resource: string;
    }[];
  };
}

/** Asks nobody outside: without `--skip-download` it looks for more descriptions of its rules. */
export async function checkov(bin: string, files: readonly string[]): Promise<readonly LintFinding[]> {
  const { summary, results } = await report<CheckovReport>(join(bin, 'checkov'), [
    ...['--framework', 'cloudformation', '--skip-download', '--quiet', '--compact', '--output', 'json'],
    ...files.flatMap((file) => ['--file', file]),
  ]);
  if (summary.parsing_errors > 0) throw new Error(`Checkov cannot read ${files.join(' or ')}`);
  return results.failed_checks.map(({ check_id: rule, check_name: words, resource }) => ({
    linter: 'checkov',
    rule,
    resource: resource.replace('.', ' '),
    words,
  }));
}

interface ParliamentFinding {
  readonly issue: string;
  readonly title: string;
  readonly detail: unknown;
  readonly location: { readonly filepath: string };
}

/** @param directory a new one, for the policies' files */
export async function parliament(
  bin: string,
  policies: readonly Policy[],
  directory: string,
): Promise<readonly LintFinding[]> {
  mkdirSync(directory);
  for (const [index, { document }] of policies.entries())
    writeFileSync(join(directory, `${index}.json`), JSON.stringify(document, numbersAsText));
  const args = ['--json', '--minimum_severity', 'LOW', '--directory', directory];
  const { code, stdout, stderr } = await run(join(bin, 'parliament'), args);
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (code !== (lines.length > 0 ? 1 : 0)) throw new Error(`parliament ended with ${code}: ${stderr}`);
  return lines.map((line) => {
    const { issue, title, detail, location } = JSON.parse(line) as ParliamentFinding;
    const { resource = 'unknown' } = policies[Number(basename(location.filepath, '.json'))] ?? {};
    return { linter: 'parliament', rule: issue, resource, words: `${title}: ${JSON.stringify(detail)}` };
  });
}

/** IAM reads them alike; parliament takes only text. */
function numbersAsText(_: string, value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

/** Runs a linter that prints a report as JSON; its exit code says only whether it found something. */
async function report<Report>(program: string, args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await run(program, args);
  try {
    return JSON.parse(stdout) as Report;
  } catch (cause) {
    const words = (stderr.trim() || stdout.trim()).split('\n').slice(-12).join('\n');
    throw new Error(`${program} ended with code ${code} and no report:\n${words}`, { cause });
  }
}
