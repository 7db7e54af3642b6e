import { SERVICE } from '../domain/revocation.ts';
import { AppError } from '../errors/app-error.ts';
import {
  type DeclaredExternalRoot,
  newExternalRoot,
  type RecordExternalRootDependencies,
  sameRoot,
} from '../issuance/record-external-root.ts';

/**
 * Records the external roots that a deployment declares. The first one is there already; each that follows is TRUSTED from
 * then on, in the trust bundle, and no issuer is installed below it until it is activated. Once more with the same roots
 * changes nothing.
 *
 * @returns ids of the roots that are new.
 * @throws AppError `internal` where a root has another certificate than before, is not valid, or is no longer declared while
 *   it is trusted. Nothing was written then.
 */
export async function declareExternalRoots(
  deps: RecordExternalRootDependencies,
  declared: readonly DeclaredExternalRoot[],
): Promise<readonly string[]> {
  const { roots } = await deps.store.readAuthority();
  const [first] = roots;
  for (const root of roots) {
    const one = declared.find(({ id }) => id === root.id);
    if (one !== undefined) sameRoot(root, one);
    else if (root.kind === 'external' && root.state !== 'RETIRED') throw missing(root.id);
  }
  const wanted = declared.filter(({ id }) => !roots.some((root) => root.id === id));
  if (first === undefined || wanted.length === 0) return [];
  const recorded = wanted.map((one) => newExternalRoot(deps.clock, one, first.trustDomain));
  for (const root of recorded) {
    const change = { to: 'TRUSTED' as const, at: root.createdAt, by: SERVICE };
    await deps.store.reserveRoot({
      ...root,
      state: 'TRUSTED',
      predecessorId: roots.at(-1)?.id ?? first.id,
      changes: [change],
    });
  }
  return recorded.map(({ id }) => id);
}

function missing(id: string): AppError {
  return new AppError(
    'internal',
    `${id} is trusted, but the settings no longer declare it. Put it back: append to the setting successorRoots, and never remove an entry that is not retired`,
  );
}
