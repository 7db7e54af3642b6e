import type { Resource } from './assembly.ts';
import { loadCreateOnly } from './create-only.ts';
import { readState, writeState } from './state-file.ts';
import { removedResources, UpgradeError, upgradeProblems } from './upgrade.ts';

/** What a start does to the resources of earlier starts that are no longer in the template. */
export interface Deployment {
  /** To be deleted with their data. */
  readonly deleted: readonly Resource[];
  /** Their data are to be kept. */
  readonly retained: readonly Resource[];
  /** Records the template as deployed; to be called when all of it runs. */
  complete(): Promise<void>;
}

/**
 * Compares a template with the last deployed one, before anything is changed.
 *
 * @param file keeps the resources of that template.
 * @throws UpgradeError naming each property for which AWS would refuse the update.
 */
export async function planDeployment(file: string, template: readonly Resource[]): Promise<Deployment> {
  const deployed = await readState<readonly Resource[]>(file, []);
  const problems = await upgradeProblems(deployed, template, loadCreateOnly);
  if (problems.length > 0) throw new UpgradeError(problems);
  return {
    ...removedResources(deployed, template),
    complete: () => writeState(file, template),
  };
}
