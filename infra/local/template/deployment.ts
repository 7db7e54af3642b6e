import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Resource } from './assembly.ts';
import { loadCreateOnly } from './create-only.ts';
import { removedResources, UpgradeError, upgradeProblems } from './upgrade.ts';

/** What a start does to what the starts before it left. */
export interface Deployment {
  /** Resources that are no longer in the template, and go with their data. */
  readonly deleted: readonly Resource[];
  /** Those whose data stay. */
  readonly retained: readonly Resource[];
  /** Keeps the template as the one that is deployed: to be called when all of it is up. */
  complete(): Promise<void>;
}

/**
 * Compares a template with the one that was deployed last, before anything is changed.
 *
 * @param file keeps the resources of that template.
 * @throws UpgradeError naming each property for which AWS would refuse the update.
 */
export async function planDeployment(file: string, template: readonly Resource[]): Promise<Deployment> {
  const deployed = JSON.parse(await readFile(file, 'utf8').catch(() => '[]')) as readonly Resource[];
  const problems = await upgradeProblems(deployed, template, loadCreateOnly);
  if (problems.length > 0) throw new UpgradeError(problems);
  return {
    ...removedResources(deployed, template),
    async complete() {
      await writeFile(`${file}.tmp`, JSON.stringify(template), { mode: 0o600 });
      await rename(`${file}.tmp`, file);
    },
  };
}
