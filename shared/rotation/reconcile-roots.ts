import { X509Certificate } from 'node:crypto';
import { SERVICE } from '../domain/revocation.ts';
import { describeCertificate } from '../pki/trust-anchor.ts';
import { checkRoom } from './add-root.ts';
import {
  type AdditionalRootsDependencies,
  changeAdditionalRoots,
  findRoot,
} from './change-additional-roots.ts';

/**
 * What a deployment makes of the additional roots: those that its setting names, in its order, then those that
 * administrators added.
 *
 * @param pems - of the setting; they were checked when the deployment was synthesized
 * @throws AppError `root_refused` where there is no room for all of them. @throws Error where one is not a certificate.
 */
export async function reconcileRoots(
  deps: AdditionalRootsDependencies,
  pems: readonly string[],
): Promise<void> {
  const addedAt = deps.clock();
  const named = pems.map((pem) => ({ ...describeCertificate(new X509Certificate(pem)), addedAt }));
  await changeAdditionalRoots(deps, SERVICE, ({ additionalRoots: { roots } }) => {
    const inSettings = named.map((root) => ({ ...(findRoot(roots, root.sha256) ?? root), inSettings: true }));
    const others = roots
      .filter(({ sha256, addedBy }) => addedBy !== undefined && !findRoot(inSettings, sha256))
      .map((root) => ({ ...root, inSettings: false }));
    return checkRoom([...inSettings, ...others]);
  });
}
