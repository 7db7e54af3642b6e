import type { Replacements } from '../../shared/rotation/ports.ts';
import type { Tables } from './tables.ts';

/** Mass replacements in memory. */
export function fakeReplacements({ replacements }: Tables): Replacements {
  return {
    replacements: async () => [...replacements.values()].sort((a, b) => a.createdAt - b.createdAt),
  };
}
