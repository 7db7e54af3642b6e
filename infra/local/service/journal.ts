/** Entries that are kept: a local cloud that runs for days must not fill the memory. */
const KEPT = 100_000;

/** The last 100,000 entries since the last reset, oldest first. */
export interface Journal<Entry> {
  all(): readonly Entry[];
  add(entry: Entry): void;
  reset(): void;
}

export function createJournal<Entry>(): Journal<Entry> {
  let entries: Entry[] = [];
  return {
    all: () => [...entries],
    add(entry) {
      entries.push(entry);
      if (entries.length > KEPT) entries = entries.slice(KEPT / 2);
    },
    reset() {
      entries = [];
    },
  };
}
