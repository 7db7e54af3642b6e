import type { AuthorityEventLog } from '../../shared/rotation/ports.ts';
import type { Tables } from './tables.ts';

/** What events about the authority are made of, in memory. */
export function fakeEventLog({ eventLog }: Pick<Tables, 'eventLog'>): AuthorityEventLog {
  return {
    readEventLog: async () => ({ changes: [...eventLog.changes], published: eventLog.published }),
    notePublished: async (next) => {
      if (next.version === eventLog.published.version + 1) eventLog.published = next;
    },
  };
}
