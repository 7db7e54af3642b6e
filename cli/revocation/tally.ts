import type { RevocationView } from '../api/views.ts';

type Revoked = Pick<RevocationView, 'revoked' | 'count'>;

/**
 * Returns what an answer adds to the answers before it: an answer to the same request repeats what was revoked before.
 * The first entry of a certificate counts. Certificates that are not listed are counted per cursor.
 */
export function createTally(): (answer: Revoked, cursor: string | undefined) => Revoked {
  const seen = new Set<string>();
  const unlisted = new Map<string | undefined, number>();
  return ({ revoked, count }, cursor) => {
    const added = revoked.filter(({ serialNumber }) => {
      const isNew = !seen.has(serialNumber);
      seen.add(serialNumber);
      return isNew;
    });
    const before = unlisted.get(cursor) ?? 0;
    const now = Math.max(before, count - revoked.length);
    unlisted.set(cursor, now);
    return { revoked: added, count: added.length + now - before };
  };
}
