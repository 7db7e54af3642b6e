import { statSync } from 'node:fs';

/*
 * The order of the exhaustive tests: those that take minutes first, so that none of them is left alone at the end; then the
 * largest files, as jest does where it has no times of an earlier run.
 */

const LONGEST = [
  'fleet',
  'rotate-killed',
  'bootstrap-killed',
  'two-regions',
  'upgrade',
  'issuer-crash-matrix',
  'rotate',
  'revocation-load',
  'root-crash-matrix',
  'library',
].map((name) => `/${name}.test.ts`);

interface Test {
  readonly path: string;
}

/** What jest asks of a sequencer (jest configuration, testSequencer). */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default class LongestFirst {
  sort<One extends Test>(tests: readonly One[]): readonly One[] {
    return tests.toSorted((a, b) => place(a) - place(b) || statSync(b.path).size - statSync(a.path).size);
  }

  shard<One extends Test>(tests: readonly One[]): readonly One[] {
    return tests;
  }

  allFailedTests<One extends Test>(tests: readonly One[]): readonly One[] {
    return tests;
  }

  /** Times of earlier runs are not kept: a fresh clone has none. */
  cacheResults(): void {}
}

function place({ path }: Test): number {
  const found = LONGEST.findIndex((end) => path.endsWith(end));
  return found < 0 ? LONGEST.length : found;
}
