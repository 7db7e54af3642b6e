import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFigures } from './bundles.ts';
import { enrollmentFigures } from './enrollment.ts';
import { type Figure, fails, limitOf, table } from './figures.ts';
import { fleetFigures } from './fleet.ts';
import { issuanceFigures } from './issuance.ts';
import { lambdaFigures } from './lambda.ts';
import { listFigures } from './lists.ts';
import { ocspFigures } from './ocsp.ts';
import { startUpFigures } from './start-up.ts';
import { stormFigures } from './storms.ts';

/*
 * `npm run bench`: what issuing costs besides KMS and DynamoDB. Bundles have budgets, which are counted and can fail;
 * times are printed as ratios within one run, for people to compare, and fail nothing: they depend on the processor. What
 * an issuance calls at AWS is counted by `test/e2e/budget.test.ts`. Storms of hosts run in virtual time. The report is
 * `reports/bench.json`. `npm run bench -- storms` runs only the parts that it names, `-- --except fleet` all but that one.
 */

const REPORTS = join(import.meta.dirname, '../../reports');

const PARTS = {
  issuance: issuanceFigures,
  enrollment: enrollmentFigures,
  lists: listFigures,
  ocsp: ocspFigures,
  bundles: bundleFigures,
  'start-up': startUpFigures,
  lambda: lambdaFigures,
  storms: stormFigures,
  fleet: fleetFigures,
} satisfies Readonly<Record<string, (directory: string) => readonly Figure[] | Promise<readonly Figure[]>>>;

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-bench-'));
try {
  const figures: Figure[] = [];
  for (const part of partsOf(process.argv.slice(2))) figures.push(...(await PARTS[part](directory)));
  console.log(`${table(figures)}\n`);
  report(figures);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** The parts with these names, all if there are none; after `--except`, the others. @throws Error for a name that no part has. */
function partsOf([first, ...others]: readonly string[]): readonly (keyof typeof PARTS)[] {
  const isExcept = first === '--except';
  const names = first === undefined || isExcept ? others : [first, ...others];
  const all = Object.keys(PARTS) as (keyof typeof PARTS)[];
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}: the parts are ${all.join(', ')}`);
  return names.length === 0 ? all : all.filter((part) => names.includes(part) !== isExcept);
}

/** Figures with a limit count as checks. */
function report(figures: readonly Figure[]): void {
  const failed = figures.filter(fails).length;
  const passed = figures.filter((figure) => limitOf(figure) !== undefined).length - failed;
  const machine = { node: process.version, arch: arch(), cpus: cpus().length, model: cpus()[0]?.model ?? '' };
  mkdirSync(REPORTS, { recursive: true });
  const json = JSON.stringify({ passed, failed, machine, figures }, null, 2);
  writeFileSync(join(REPORTS, 'bench.json'), `${json}\n`);
  console.log(`${passed} within their limits, ${failed} above; report in reports/bench.json`);
  if (failed > 0) process.exitCode = 1;
}
