import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssembly } from '../../../infra/local/template/assembly.ts';
import { readSettingsFile } from '../../../infra/settings-file.ts';
import { synthesize } from '../../../infra/synthesize.ts';
import { once, pythonPackages } from '../install.ts';
import type { Check } from '../report.ts';
import { ACKNOWLEDGED, covers } from './acknowledged.ts';
import { FAULTS, faultyAssembly } from './faults.ts';
import { cfnLint, checkov, type Linter, type LintFinding, parliament } from './linters.ts';
import { policiesOf } from './policies.ts';

const SETTINGS = join(import.meta.dirname, '../../../docs/examples/settings');
const PINS = 'templates-requirements.txt';
const LINTERS: readonly Linter[] = ['cfn-lint', 'checkov', 'parliament'];

/**
 * The templates of every example of settings, by linters of others: cfn-lint knows CloudFormation's schemas, Checkov best
 * practices, and parliament IAM's actions, resources and conditions. What they find is mended, or acknowledged by name.
 */
export async function templateChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const bin = join(await once('templates', [PINS], say, (into) => pythonPackages(PINS, into)), 'bin');
  const scratch = mkdtempSync(join(tmpdir(), 'fleetseal-templates-'));
  try {
    const found: LintFinding[] = [];
    const checks: Check[] = [];
    for (const file of readdirSync(SETTINGS)) {
      const settings = readSettingsFile(join(SETTINGS, file));
      if (typeof settings !== 'object' || settings === null) throw new Error(`${file} holds no settings`);
      const findings = await lintRegions(bin, synthesize(join(scratch, file), settings), settings);
      found.push(...findings);
      checks.push(...LINTERS.map((linter) => judged(`settings/${file}`, linter, findings)));
    }
    const faults = await lint(bin, faultyAssembly(join(scratch, 'faulty')));
    return [
      ...checks,
      ...LINTERS.map((linter) => needed(linter, found)),
      ...LINTERS.map((linter) => foundOut(linter, faults)),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The stacks of each Region by themselves: their logical ids are the same. */
async function lintRegions(
  bin: string,
  directory: string,
  { regions }: { readonly regions?: { readonly primary: string; readonly standby: string } },
): Promise<readonly LintFinding[]> {
  if (regions === undefined) return lint(bin, directory);
  const { primary, standby } = regions;
  const isStandby = (template: string) => template.startsWith('FleetsealStandby');
  return [
    ...(await lint(bin, directory, primary, (template) => !isStandby(template))),
    ...(await lint(bin, directory, standby, isStandby)),
  ];
}

/** @param directory of an assembly @param region @default - there is one @param of picks its templates */
async function lint(
  bin: string,
  directory: string,
  region?: string,
  of: (template: string) => boolean = () => true,
): Promise<readonly LintFinding[]> {
  const assembly = readAssembly(directory, region);
  const types = new Map(assembly.resources.map(({ logicalId, type }) => [logicalId, type]));
  const templates = readdirSync(directory).filter((name) => name.endsWith('.template.json') && of(name));
  const files = templates.map((name) => join(directory, name));
  return [
    ...(await cfnLint(bin, files, types)),
    ...(await checkov(bin, files)),
    ...(await parliament(bin, policiesOf(assembly, region), join(directory, `policies-${region ?? 'all'}`))),
  ];
}

function judged(subject: string, linter: Linter, findings: readonly LintFinding[]): Check {
  const own = findings.filter((finding) => finding.linter === linter);
  const texts = own.map((finding) => {
    const { rule, resource, words } = finding;
    const known = ACKNOWLEDGED.find((one) => covers(one, finding));
    if (known === undefined) return { severity: 'error', text: `${rule} ${resource}: ${words}` } as const;
    return { severity: 'overruled', text: `${rule} ${words}, because: ${known.reason}` } as const;
  });
  const isNew = texts.some(({ severity }) => severity === 'error');
  return { subject, judge: linter, passed: !isNew, findings: texts };
}

/** Fails for acknowledgements of what is found no more. */
function needed(linter: Linter, found: readonly LintFinding[]): Check {
  const findings = ACKNOWLEDGED.filter(
    (one) => one.linter === linter && !found.some((finding) => covers(one, finding)),
  ).map(
    ({ rule, resource }) => ({ severity: 'error', text: `${rule} ${resource} is found no more` }) as const,
  );
  const subject = 'every acknowledgement is needed';
  return { subject, judge: linter, passed: findings.length === 0, findings };
}

function foundOut(linter: Linter, found: readonly LintFinding[]): Check {
  const { rule, logicalId } = FAULTS[linter];
  const passed = found.some(
    (finding) =>
      finding.linter === linter && finding.rule === rule && finding.resource.endsWith(` ${logicalId}`),
  );
  const findings = passed
    ? []
    : [{ severity: 'error', text: `${rule} of ${logicalId} is not found` } as const];
  return { subject: 'a fault that was put in is found out', judge: linter, passed, findings };
}
