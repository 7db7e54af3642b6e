import { isOver } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ReplacementStore, SelectedCertificates } from '../../shared/rotation/ports.ts';
import type { Tables } from './tables.ts';

/** Mass replacements in memory, and what they would select. */
export function fakeReplacements({ records, replacements }: Tables): ReplacementStore & SelectedCertificates {
  return {
    replacements: async () => [...replacements.values()].sort((a, b) => a.createdAt - b.createdAt),

    createReplacement: async (one) => {
      if (replacements.has(one.id))
        throw new AppError('try_again', 'This replacement exists already. Try again.');
      replacements.set(one.id, one);
    },

    deleteReplacement: async ({ id }) => replacements.delete(id),

    countSelected: async ({ issuerId, profile, notAfterBefore }, now, remainingMilliseconds) =>
      remainingMilliseconds() <= 5000
        ? undefined
        : [...records.values()].filter(
            (record) =>
              record.state === 'ISSUED' &&
              !isOver(record.validity.notAfter, now) &&
              (issuerId ?? record.issuerId) === record.issuerId &&
              (profile ?? record.profile) === record.profile &&
              (notAfterBefore === undefined || record.validity.notAfter < notAfterBefore),
          ).length,
  };
}
