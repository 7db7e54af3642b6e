import { AppError } from '../errors/app-error.ts';
import {
  type AdditionalRootsDependencies,
  changeAdditionalRoots,
  findRoot,
} from './change-additional-roots.ts';

/**
 * Removes a root that administrators added from the trust bundle.
 *
 * @param sha256 - hex, of the certificate's DER
 * @param by - ARN of the IAM principal
 * @throws AppError `not_found`; `root_in_settings` where the setting names it: each deployment would add it again.
 */
export async function removeRoot(
  deps: AdditionalRootsDependencies,
  { sha256, by }: { readonly sha256: string; readonly by: string },
): Promise<void> {
  await changeAdditionalRoots(deps, by, ({ additionalRoots: { roots } }) => {
    const root = findRoot(roots, sha256);
    if (root === undefined)
      throw new AppError('not_found', 'No additional root has this fingerprint. GET /v1/roots lists them.');
    if (root.inSettings)
      throw new AppError(
        'root_in_settings',
        'The setting additionalRoots of the last deployment names this root. Remove it from the setting and deploy.',
      );
    return roots.filter((other) => other !== root);
  });
}
