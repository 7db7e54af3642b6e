import type { Root } from '../../shared/domain/authority.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { RootStore } from '../../shared/rotation/ports.ts';
import type { Tables } from './tables.ts';

/** The life of roots in memory. */
export function fakeRoots({ roots }: Pick<Tables, 'roots'>): RootStore {
  const change = (id: string, next: (root: Root) => Root): Root => {
    const root = roots.get(id);
    if (root === undefined) throw new AppError('internal', `${id} is not recorded; reserve it first`);
    const changed = next(root);
    roots.set(id, changed);
    return changed;
  };

  return {
    reserveNextRoot: async (next) => {
      const there = roots.get(next.id);
      const others = [...roots.values()].filter(({ predecessorId }) => predecessorId === next.predecessorId);
      if (there === undefined && others.length > 0) return undefined;
      if (there === undefined) roots.set(next.id, next);
      return there ?? next;
    },
    reserveCross: async (id, cross) => {
      const { cross: there, state } = change(id, (root) =>
        root.kind === 'kms' && root.state === 'ISSUED' && root.cross === undefined
          ? { ...root, cross }
          : root,
      );
      if (there === undefined) throw new AppError('internal', `${id} is ${state}, not ISSUED`);
      return there;
    },
    commitCross: async (id, certificate, step) =>
      change(id, (root) =>
        root.kind === 'kms' && root.state === 'ISSUED' && root.cross !== undefined
          ? {
              ...root,
              cross: { ...root.cross, certificate },
              state: step.to,
              changes: [...(root.changes ?? []), step],
            }
          : root,
      ),
    acknowledge: async (id, acknowledgement) =>
      change(id, (root) => (root.state === 'TRUSTED' ? { ...root, acknowledgement } : root)),
    changeRoots: async (transitions) => {
      if (transitions.some(({ id, from }) => roots.get(id)?.state !== from)) return undefined;
      for (const { id, change: step } of transitions)
        change(id, (root) => ({ ...root, state: step.to, changes: [...(root.changes ?? []), step] }));
      return [...roots.values()];
    },
    noteBundle: async (id, sha256) =>
      change(id, (root) => ({ ...root, bundles: [...new Set([...(root.bundles ?? []), sha256])].sort() })),
    noteAdoption: async (id, adoption) => change(id, (root) => ({ ...root, adoption })),
  };
}
