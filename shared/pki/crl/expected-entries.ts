import type { RevokedEntry } from '../../domain/revocation.ts';

/** Entries in ascending order of serial number, in pages of any size. */
export type EntryPages = AsyncIterable<readonly RevokedEntry[]> | Iterable<readonly RevokedEntry[]>;

/** The first entries are kept all, then one of as many. */
const KEPT = 1000;

/**
 * What the lint compares a list with: the number of entries that were to be written, and samples of them by position.
 * Counted where they come from, so that the writer is not asked what it should have written.
 */
export class ExpectedEntries {
  readonly samples = new Map<number, RevokedEntry>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The same pages; they are counted and sampled as they pass. */
  async *observe(pages: EntryPages): AsyncGenerator<readonly RevokedEntry[]> {
    for await (const page of pages) {
      page.forEach((entry, i) => {
        const position = this.#count + i;
        if (position < KEPT || position % KEPT === 0) this.samples.set(position, entry);
      });
      this.#count += page.length;
      yield page;
    }
  }
}
