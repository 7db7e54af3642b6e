import { eckVersionOf } from '../deployment/eck.ts';
import { NEWEST_ECK } from '../deployment/fields/eck.ts';
import { isBefore, type StackVersion } from '../deployment/versions.ts';
import type { Candidate } from '../kit/note.ts';

/** For a release line newer than {@link NEWEST_ECK}; not for a later patch of that line. */
export function newerEckNote(version: StackVersion, source: string): Candidate {
  return (
    isBefore(eckVersionOf({}), { ...version, patch: 0 }) && {
      code: 'eck_version_newer',
      severity: 'info',
      message: `This version of ECK is newer than the newest that this kit was checked with: it was rendered as for ${NEWEST_ECK}.`,
      source,
    }
  );
}
