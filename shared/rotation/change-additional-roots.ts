import type { AdditionalRoot, AdditionalRoots } from '../domain/additional-root.ts';
import { AppError } from '../errors/app-error.ts';
import type { Authority, AuthorityStore } from '../issuance/ports.ts';

/*
 * The roots of other CAs in the trust bundle. Administrators add and remove them; a deployment adds those that the setting
 * `additionalRoots` names now, and removes those that only an earlier deployment named. Each change is one conditional
 * write of all of them, made on what was read: it may run twice, at the same time, and be cut off anywhere.
 */

export interface AdditionalRootsDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority' | 'replaceAdditionalRoots'>;
}

/** How often a change starts over because another one was faster. */
const ATTEMPTS = 8;

/**
 * Writes what `next` makes of what there is, unless it is the same. `next` may throw, and runs again where another change
 * was faster.
 *
 * @returns what is there then.
 * @throws AppError `try_again` where others were faster each time.
 */
export async function changeAdditionalRoots(
  { authority }: AdditionalRootsDependencies,
  next: (authority: Authority) => readonly AdditionalRoot[],
): Promise<AdditionalRoots> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await authority.readAuthority();
    const roots = next(before);
    if (isSame(roots, before.additionalRoots.roots)) return before.additionalRoots;
    const changed = { version: before.additionalRoots.version + 1, roots };
    if ((await authority.replaceAdditionalRoots(changed)) === 'replaced') return changed;
  }
  throw new AppError(
    'try_again',
    'Other requests changed the additional roots at the same time. Send the same request again.',
  );
}

/** What does not change of a root, once it is there, is not compared. */
function isSame(a: readonly AdditionalRoot[], b: readonly AdditionalRoot[]): boolean {
  const text = ({ sha256, addedBy, inSettings }: AdditionalRoot) => `${sha256} ${addedBy} ${inSettings}`;
  return a.map(text).join() === b.map(text).join();
}

export function findRoot(roots: readonly AdditionalRoot[], sha256: string): AdditionalRoot | undefined {
  return roots.find((root) => root.sha256 === sha256);
}
