import type { RevokedEntry } from '../domain/revocation.ts';

/** Entries of one merged page. */
const PAGE = 5000;

/** A shard that is being read, at its least entry that was not taken yet. */
interface Reading {
  readonly pages: AsyncIterator<readonly RevokedEntry[]>;
  page: readonly RevokedEntry[];
  at: number;
}

/** The entries of all shards in ascending order of serial number; each shard must be in that order. */
export async function* mergeShards(
  shards: readonly AsyncIterable<readonly RevokedEntry[]>[],
): AsyncGenerator<readonly RevokedEntry[]> {
  const readings: Reading[] = shards.map((pages) => ({
    pages: pages[Symbol.asyncIterator](),
    page: [],
    at: 0,
  }));
  await Promise.all(readings.map(readOn));
  let merged: RevokedEntry[] = [];
  for (let least = leastOf(readings); least !== undefined; least = leastOf(readings)) {
    const entry = least.page[least.at++];
    if (entry !== undefined) merged.push(entry);
    if (least.at >= least.page.length) await readOn(least);
    if (merged.length < PAGE) continue;
    yield merged;
    merged = [];
  }
  yield merged;
}

/** The next page that is not empty, or none at the end. */
async function readOn(reading: Reading): Promise<void> {
  reading.at = 0;
  do {
    const { done, value } = await reading.pages.next();
    reading.page = done === true ? [] : value;
    if (done === true) return;
  } while (reading.page.length === 0);
}

/** Of a few shards: looking at each costs less than keeping them in order. */
function leastOf(readings: readonly Reading[]): Reading | undefined {
  let least: Reading | undefined;
  let serial = '';
  for (const reading of readings) {
    const head = reading.page[reading.at]?.serialNumber;
    if (head === undefined || (least !== undefined && head >= serial)) continue;
    least = reading;
    serial = head;
  }
  return least;
}
