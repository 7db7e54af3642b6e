import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../report.ts';
import { cases } from './cases.ts';
import { flagCases } from './flag-cases.ts';
import { type Issued, type Issuing, startIssuing } from './issue.ts';
import { javaChecks } from './java-checks.ts';
import { judge } from './judge.ts';
import { LIBRARY_VERSIONS, type Library, type LibraryVersion, startLibrary } from './library.ts';
import { migrationChecks } from './migration-checks.ts';
import { OldCa } from './old-ca.ts';
import { outputChecks } from './output-checks.ts';

type Libraries = Readonly<Record<LibraryVersion, Library>>;

/**
 * What Elastic's own TLS library, and Java's as in Logstash and Elasticsearch, make of certificates from a local cloud and
 * of the settings in the kit. Loopback only. Answers the checks in groups, a table each.
 */
export async function tlsChecks(say: (line: string) => void): Promise<readonly (readonly Check[])[]> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-tls-'));
  const libraries = await startLibraries(say);
  const own = await startIssuing();
  try {
    const foreign = new OldCa(join(directory, 'foreign-ca')).issue('agent');
    return [
      await libraryChecks(directory, own, foreign, libraries),
      await outputChecks(directory, own, Object.values(libraries)),
      await javaChecks(directory, own, foreign, libraries.current, say),
      await migrationChecks(directory, own, libraries, say),
    ];
  } finally {
    await own.stop();
    for (const library of Object.values(libraries)) await library.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startLibraries(say: (line: string) => void): Promise<Libraries> {
  return {
    current: await startLibrary('current', say),
    before043: await startLibrary('before043', say),
  };
}

async function libraryChecks(directory: string, own: Issuing, foreign: Issued, libraries: Libraries) {
  const checks: Check[] = [];
  for (const source of [cases(directory, own, foreign), flagCases(directory, own)]) {
    for await (const trial of source) {
      for (const version of LIBRARY_VERSIONS) checks.push(await judge(libraries[version], version, trial));
    }
  }
  return checks;
}
