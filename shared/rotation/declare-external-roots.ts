import type { Root } from '../domain/authority.ts';
import type { Clock } from '../domain/instant.ts';
import { SERVICE } from '../domain/revocation.ts';
import { AppError } from '../errors/app-error.ts';
import {
  type DeclaredExternalRoot,
  newExternalRoot,
  type RecordExternalRootDependencies,
  sameRoot,
} from '../issuance/record-external-root.ts';
import type { RootStore, RootTransition } from './ports.ts';

export interface DeclareExternalRootsDependencies extends RecordExternalRootDependencies {
  readonly roots: Pick<RootStore, 'changeRoots'>;
}

/**
 * Records the external roots that a deployment declares. The first one is there already; each that follows is TRUSTED from
 * then on, in the trust bundle, and no issuer is installed below it until it is activated. Until then, one that is no longer
 * declared is RETIRED, and TRUSTED again when it is declared again: a deployment that fails is rolled back to the settings
 * before, in both directions. Once more with the same roots changes nothing.
 *
 * @returns the roots that are new or changed.
 * @throws AppError `internal` where a root has another certificate than before, is not valid, or is no longer declared though
 *   it was activated, and nothing was written; `try_again` where one changed at the same time.
 */
export async function declareExternalRoots(
  deps: DeclareExternalRootsDependencies,
  declared: readonly DeclaredExternalRoot[],
): Promise<readonly Pick<Root, 'id' | 'state'>[]> {
  const { roots } = await deps.store.readAuthority();
  const [first] = roots;
  const transitions = roots.flatMap((root) => {
    const one = declared.find(({ id }) => id === root.id);
    if (one !== undefined) sameRoot(root, one);
    return transitionOf(root, one !== undefined, deps.clock);
  });
  const wanted = declared.filter(({ id }) => !roots.some((root) => root.id === id));
  if (first === undefined) return [];
  const recorded = wanted.map((one) => newExternalRoot(deps.clock, one, first.trustDomain));
  await changeRoots(deps, transitions);
  for (const root of recorded) {
    const change = { to: 'TRUSTED' as const, at: root.createdAt, by: SERVICE };
    await deps.store.reserveRoot({
      ...root,
      state: 'TRUSTED',
      predecessorId: roots.at(-1)?.id ?? first.id,
      changes: [change],
    });
  }
  return [
    ...transitions.map(({ id, change: { to } }) => ({ id, state: to })),
    ...recorded.map(({ id }) => ({ id, state: 'TRUSTED' as const })),
  ];
}

/** What being declared, or not, makes of a root that is recorded. */
function transitionOf(root: Root, isDeclared: boolean, clock: Clock): readonly RootTransition[] {
  const { id, kind, state } = root;
  const step = (to: 'TRUSTED' | 'RETIRED') => [{ id, from: state, change: { to, at: clock(), by: SERVICE } }];
  if (isDeclared) return state === 'RETIRED' && !wasActive(root) ? step('TRUSTED') : [];
  if (kind === 'kms' || state === 'RETIRED') return [];
  if (state === 'TRUSTED') return step('RETIRED');
  throw missing(id);
}

/** The first root is from the beginning, without a change. */
function wasActive({ changes = [], predecessorId }: Root): boolean {
  return predecessorId === undefined || changes.some(({ to }) => to === 'ACTIVE' || to === 'DRAINING');
}

async function changeRoots(
  { roots }: DeclareExternalRootsDependencies,
  transitions: readonly RootTransition[],
): Promise<void> {
  if (transitions.length === 0 || (await roots.changeRoots(transitions)) !== undefined) return;
  const ids = transitions.map(({ id }) => id).join(', ');
  throw new AppError('try_again', `${ids} changed at the same time: deploy again`);
}

function missing(id: string): AppError {
  return new AppError(
    'internal',
    `${id} is trusted, but the settings no longer declare it. Put it back: append to the setting successorRoots, and never remove the entry of a root that was activated and is not retired`,
  );
}
