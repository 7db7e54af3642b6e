import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastingDirectory } from '../../support/lasting-directory.ts';
import type { Check } from '../report.ts';
import { cases } from './cases.ts';
import { eckPodChecks } from './eck-checks.ts';
import { fingerprintChecks } from './fingerprint-checks.ts';
import { fipsChecks } from './fips-checks.ts';
import { type Issued, type Issuing, startIssuing } from './issue.ts';
import { javaChecks } from './java-checks.ts';
import { judge } from './judge.ts';
import { kitChecks } from './kit-checks.ts';
import {
  LIBRARY_VERSIONS,
  type Library,
  type LibraryBuild,
  type LibraryOptions,
  startLibrary,
} from './library.ts';
import { migrationChecks } from './migration-checks.ts';
import { OldCa } from './old-ca.ts';
import { rotationChecks } from './rotation-checks.ts';

type Libraries = Readonly<Record<LibraryBuild, Library>>;

/**
 * What Elastic's own TLS library, and Java's as in Logstash and Elasticsearch, make of certificates from a local cloud and
 * of the settings in the kit. Loopback only. Answers the checks in groups, a table each.
 */
export async function tlsChecks(say: (line: string) => void): Promise<readonly (readonly Check[])[]> {
  const directory = lastingDirectory('tls');
  const ca = (name: string) => new OldCa(join(directory, name.replaceAll(' ', '-')), name);
  const [company, system] = [ca('Company CA'), ca('Public CA')];
  const systemCas = join(directory, 'system-cas.pem');
  writeFileSync(systemCas, system.root);
  const libraries = await startLibraries({ say, cwd: directory, systemCas });
  const own = await startIssuing();
  try {
    const foreign = ca('Foreign CA').issue('agent');
    const others = { company: company.issue('fleet-server'), system: system.issue('fleet-server') };
    const all = LIBRARY_VERSIONS.map((version) => libraries[version]);
    const tables = [
      await libraryChecks(directory, own, foreign, libraries),
      await kitChecks(directory, own, foreign, others, all, say),
      await eckPodChecks(directory, own, all),
      await fingerprintChecks(directory, own, others.company, all),
      await javaChecks(directory, own, foreign, libraries.current, say),
      await migrationChecks(directory, own, libraries, say),
      await rotationChecks(directory, libraries, say),
      await fipsChecks(directory, own, foreign, others, libraries),
    ];
    return tables.map((checks) => [...checks, ...gaps(checks)]);
  } finally {
    await own.stop();
    for (const library of Object.values(libraries)) await library.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A check for each row of the table that some column has no verdict for: none is skipped in silence. */
function gaps(checks: readonly Check[]): readonly Check[] {
  const judges = new Set(checks.map(({ judge }) => judge));
  const rows = Map.groupBy(checks, ({ subject }) => subject);
  return [...rows].flatMap(([subject, row]) =>
    [...judges]
      .filter((judge) => !row.some((check) => check.judge === judge))
      .map((judge) => ({
        ...{ subject, judge, passed: false },
        findings: [{ severity: 'error', text: 'skipped' } as const],
      })),
  );
}

async function startLibraries(options: LibraryOptions): Promise<Libraries> {
  return {
    current: await startLibrary('current', options),
    before043: await startLibrary('before043', options),
    fips: await startLibrary('fips', options),
    fipsBefore: await startLibrary('fipsBefore', options),
  };
}

async function libraryChecks(directory: string, own: Issuing, foreign: Issued, libraries: Libraries) {
  const checks: Check[] = [];
  for await (const trial of cases(directory, own, foreign)) {
    for (const version of LIBRARY_VERSIONS) checks.push(await judge(libraries[version], version, trial));
  }
  return checks;
}
