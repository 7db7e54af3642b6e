import type { Instant } from '../../shared/domain/instant.ts';
import type { Pass, ReconciliationProgress } from '../../shared/rotation/ports.ts';

/** How far the signatures were reconciled, in memory. */
export function fakeReconciliationProgress(): ReconciliationProgress {
  const progress: Partial<Record<Pass, Instant>> = {};
  return {
    readProgress: async () => ({ ...progress }),
    async noteProgress(pass, until) {
      if ((progress[pass] ?? 0) < until) progress[pass] = until;
    },
  };
}
