import type { Ceremony } from '../../shared/domain/ceremony.ts';
import type { CeremonyLog } from '../../shared/issuance/ports.ts';
import type { Tables } from './tables.ts';

/** Uses of roots' keys in memory. */
export function fakeCeremonies({ ceremonies }: Pick<Tables, 'ceremonies'>): CeremonyLog {
  const keyOf = ({ at, digest, keyArn }: Pick<Ceremony, 'at' | 'digest' | 'keyArn'>) =>
    `${at}#${digest === '' ? keyArn : digest}`;
  return {
    begin: async (ceremony) => {
      if (!ceremonies.has(keyOf(ceremony))) ceremonies.set(keyOf(ceremony), ceremony);
    },
    end: async (ceremony, outcome, kmsRequestIds) => {
      const there = ceremonies.get(keyOf(ceremony));
      if (there === undefined) return;
      const ids = [...(there.kmsRequestIds ?? []), ...kmsRequestIds];
      ceremonies.set(keyOf(ceremony), { ...there, outcome, kmsRequestIds: ids });
    },
    lastCeremonies: async (count) =>
      [...ceremonies.values()]
        .toSorted((a, b) => b.at - a.at || (a.digest < b.digest ? 1 : -1))
        .slice(0, count),
  };
}
