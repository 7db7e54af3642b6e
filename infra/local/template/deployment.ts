import { join } from 'node:path';
import type { Resource } from './assembly.ts';
import { loadCreateOnly } from './create-only.ts';
import { type Exports, exportProblems } from './exports.ts';
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
 * @param directory keeps the resources and exports of that template.
 * @throws UpgradeError naming each property and each export for which AWS would refuse the update.
 */
export async function planDeployment(
  directory: string,
  { resources, exports }: { readonly resources: readonly Resource[]; readonly exports: Exports },
): Promise<Deployment> {
  const files = { resources: join(directory, 'deployed.json'), exports: join(directory, 'exports.json') };
  const deployed = {
    resources: await readState<readonly Resource[]>(files.resources, []),
    exports: await readState<Exports>(files.exports, {}),
  };
  const problems = [
    ...(await upgradeProblems(deployed.resources, resources, loadCreateOnly)),
    ...exportProblems(deployed, { resources, exports }),
  ];
  if (problems.length > 0) throw new UpgradeError(problems);
  return {
    ...removedResources(deployed.resources, resources),
    async complete() {
      await writeState(files.resources, resources);
      await writeState(files.exports, exports);
    },
  };
}
