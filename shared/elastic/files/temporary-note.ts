import { temporaryPart } from '../deployment/places.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { Candidate } from '../kit/note.ts';

/** About a directory whose files do not last. It is no rule, because kits are tried there. */
export function temporaryNote({ directory }: ResolvedDeployment): Candidate {
  return (
    temporaryPart(directory) !== undefined && {
      code: 'directory_is_temporary',
      severity: 'warning',
      message: `${directory} is in a place that the system empties now and then: use it only for a trial, and another directory on hosts.`,
      source: 'systemd, file-hierarchy(7)',
    }
  );
}
