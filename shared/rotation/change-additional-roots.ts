import type { AdditionalRoot, AdditionalRootChange, AdditionalRoots } from '../domain/additional-root.ts';
import type { Clock } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { Authority, AuthorityStore } from '../issuance/ports.ts';

/*
 * The roots of other CAs in the trust bundle. Administrators add and remove them; a deployment adds those that the setting
 * `additionalRoots` names now, and removes those that only an earlier deployment named. Each change is one conditional
 * write of all of them, made on what was read: it may run twice, at the same time, and be cut off anywhere.
 */

export interface AdditionalRootsDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority' | 'replaceAdditionalRoots'>;
  readonly clock: Clock;
}

/** How often a change starts over because another one was faster. */
const ATTEMPTS = 8;

/**
 * Writes what `next` makes of what there is, unless it is the same. `next` may throw, and runs again where another change
 * was faster.
 *
 * @param by - ARN of the administrator, or `SERVICE`
 * @returns what is there then.
 * @throws AppError `try_again` where others were faster each time.
 */
export async function changeAdditionalRoots(
  { authority, clock }: AdditionalRootsDependencies,
  by: string,
  next: (authority: Authority) => readonly AdditionalRoot[],
): Promise<AdditionalRoots> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await authority.readAuthority();
    const roots = next(before);
    if (isSame(roots, before.additionalRoots.roots)) return before.additionalRoots;
    const changed = { version: before.additionalRoots.version + 1, roots };
    const changes = changesBetween(before.additionalRoots.roots, roots).map((one) => ({
      ...one,
      at: clock(),
      by,
    }));
    if ((await authority.replaceAdditionalRoots(changed, changes)) === 'replaced') return changed;
  }
  throw new AppError(
    'try_again',
    'Other requests changed the additional roots at the same time. Send the same request again.',
  );
}

function changesBetween(
  before: readonly AdditionalRoot[],
  after: readonly AdditionalRoot[],
): readonly Omit<AdditionalRootChange, 'at' | 'by'>[] {
  const only = (some: readonly AdditionalRoot[], others: readonly AdditionalRoot[]) =>
    some
      .filter(({ sha256 }) => findRoot(others, sha256) === undefined)
      .map(({ sha256, subject }) => ({ sha256, subject }));
  return [
    ...only(before, after).map((root) => ({ ...root, action: 'removed' as const })),
    ...only(after, before).map((root) => ({ ...root, action: 'added' as const })),
  ];
}

/** What does not change of a root, once it is there, is not compared. */
function isSame(a: readonly AdditionalRoot[], b: readonly AdditionalRoot[]): boolean {
  const text = ({ sha256, addedBy, inSettings }: AdditionalRoot) => `${sha256} ${addedBy} ${inSettings}`;
  return a.map(text).join() === b.map(text).join();
}

export function findRoot(roots: readonly AdditionalRoot[], sha256: string): AdditionalRoot | undefined {
  return roots.find((root) => root.sha256 === sha256);
}
