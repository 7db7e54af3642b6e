import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssembly } from '../../../infra/local/template/assembly.ts';
import { loadCreateOnly } from '../../../infra/local/template/create-only.ts';
import { synthesize } from '../../../infra/synthesize.ts';
import PACKAGE from '../../../package.json' with { type: 'json' };
import { keptResources } from './kept.ts';

/* Writes what this version keeps, for the gate of the versions after it. A tagged version is never written again. */
const { version } = PACKAGE;
const tagged = execFileSync('git', ['tag', '--list', `v${version}`], { encoding: 'utf8' }).trim();
if (tagged !== '') {
  process.stderr.write(
    `${tagged} is released: what it keeps does not change. Raise the version in package.json first.\n`,
  );
  process.exitCode = 1;
} else {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-release-'));
  try {
    const resources = keptResources(readAssembly(synthesize(directory)).resources, await loadCreateOnly());
    const file = join(import.meta.dirname, `${version}.json`);
    writeFileSync(file, `${JSON.stringify(resources, undefined, 2)}\n`);
    execFileSync('npx', ['biome', 'format', '--write', file], { stdio: 'ignore' });
    process.stdout.write(`${file}: ${resources.length} resources\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
