import { createHash } from 'node:crypto';
import type { ObjectContent, ObjectStore } from '../../shared/revocation/ports.ts';
import type { Failure } from './store.ts';

type Method = keyof ObjectStore;

/** An object as it was written, with its etag. */
export type StoredObject = ObjectContent & { readonly etag: string };

export interface FakeObjectStore extends ObjectStore {
  /** By path; the last is the current one. */
  readonly versions: ReadonlyMap<string, readonly StoredObject[]>;
  current(path: string): StoredObject | undefined;
  failNext(method: Method, failure: Failure): void;
  /** Forgets the failures that did not happen yet. */
  heal(): void;
  /** Runs `action` inside the next call of `method`, before it acts: somebody else is faster. */
  interleave(method: Method, action: () => unknown): void;
}

/**
 * Published objects in memory, with all their versions. Calls yield to other tasks before they act, so that concurrent
 * callers do interleave.
 */
export function fakeObjectStore(): FakeObjectStore {
  const versions = new Map<string, readonly StoredObject[]>();
  const failures = new Map<Method, Required<Failure>>();
  const actions = new Map<Method, () => unknown>();
  const current = (path: string) => versions.get(path)?.at(-1);

  const failing = (method: Method, when: Failure['when']): void => {
    const failure = failures.get(method);
    if (failure?.when !== when) return;
    if (failure.times <= 1) failures.delete(method);
    else failures.set(method, { ...failure, times: failure.times - 1 });
    throw failure.error;
  };

  const guarded = async <Result>(method: Method, act: () => Result): Promise<Result> => {
    await new Promise((resolve) => setImmediate(resolve));
    const action = actions.get(method);
    actions.delete(method);
    await action?.();
    failing(method, 'before');
    const result = act();
    failing(method, 'after');
    return result;
  };

  return {
    versions,
    current,
    failNext: (method, failure) => failures.set(method, { times: 1, ...failure }),
    heal: () => failures.clear(),
    interleave: (method, action) => actions.set(method, action),
    describe: (path) =>
      guarded('describe', () => {
        const found = current(path);
        return found && { etag: found.etag, metadata: found.metadata };
      }),
    read: (path) =>
      guarded('read', () => {
        const found = current(path);
        return found && { etag: found.etag, metadata: found.metadata, body: found.body };
      }),
    replace: (path, content, expected) =>
      guarded('replace', () => {
        if (current(path)?.etag !== expected) return 'conflict';
        const etag = `"${createHash('md5').update(content.body).digest('hex')}"`;
        versions.set(path, [...(versions.get(path) ?? []), { ...content, etag }]);
        return 'replaced';
      }),
  };
}
