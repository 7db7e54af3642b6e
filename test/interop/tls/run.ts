import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../report.ts';
import { type Case, cases } from './cases.ts';
import { startIssuing } from './issue.ts';
import { judge } from './judge.ts';
import { LIBRARY_VERSIONS, startLibrary } from './library.ts';
import { OldCa } from './old-ca.ts';

/** What Elastic's own TLS library makes of certificates from a local cloud and of the settings in the kit. */
export async function tlsChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-tls-'));
  try {
    const trials = await allCases(directory);
    return await libraryChecks(trials, say);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function allCases(directory: string): Promise<readonly Case[]> {
  const foreign = new OldCa(join(directory, 'foreign-ca')).issue('agent');
  const own = await startIssuing();
  try {
    const all: Case[] = [];
    for await (const trial of cases(directory, own, foreign)) all.push(trial);
    return all;
  } finally {
    await own.stop();
  }
}

async function libraryChecks(
  trials: readonly Case[],
  say: (line: string) => void,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const version of LIBRARY_VERSIONS) {
    const library = await startLibrary(version, say);
    try {
      for (const trial of trials) checks.push(await judge(library, version, trial));
    } finally {
      await library.stop();
    }
  }
  return checks;
}
