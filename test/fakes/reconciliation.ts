import type { Instant } from '../../shared/domain/instant.ts';
import type { ReconciliationMark, ReconciliationProgress } from '../../shared/rotation/ports.ts';

/** How far the signatures were reconciled, in memory. */
export function fakeReconciliationProgress(): ReconciliationProgress {
  const progress: Partial<Record<ReconciliationMark, Instant>> = {};
  return {
    readProgress: async () => ({ ...progress }),
    async noteProgress(pass, until) {
      if ((progress[pass] ?? 0) < until) progress[pass] = until;
    },
  };
}
