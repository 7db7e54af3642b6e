/** Other words for the values of a list, by their letters and digits in lower case. */
export type Synonyms<Value extends string> = Readonly<Record<string, Value>>;

/**
 * `. Did you mean "macos"?`, the end of a message that refuses `given`; empty where nothing is near. Near is what
 * differs in case and signs only, a synonym, a beginning of at least three letters, or up to two wrong letters.
 *
 * @example didYouMean('Mac-OS', ['linux', 'macos']) // '. Did you mean "macos"?'
 */
export function didYouMean<Value extends string>(
  given: string,
  known: readonly Value[],
  synonyms: Synonyms<Value> = {},
): string {
  const word = letters(given);
  const said = Object.hasOwn(synonyms, word) ? synonyms[word] : undefined;
  const found =
    said ?? known.find((value) => letters(value) === word) ?? begins(word, known) ?? near(word, known);
  return found === undefined ? '' : `. Did you mean "${found}"?`;
}

/** Long enough for every value of a table; a caller's text may be longer. */
const LONGEST = 40;

function letters(text: string): string {
  return text
    .slice(0, LONGEST)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** The shortest value that the word is the beginning of, or the longest one that is a beginning of the word. */
function begins<Value extends string>(word: string, known: readonly Value[]): Value | undefined {
  if (word.length < 3) return undefined;
  const byLength = known.toSorted((a, b) => a.length - b.length);
  return (
    byLength.find((value) => letters(value).startsWith(word)) ??
    byLength.findLast((value) => word.startsWith(letters(value)))
  );
}

/** At most two wrong letters, and at most a third of them. */
function near<Value extends string>(word: string, known: readonly Value[]): Value | undefined {
  const limit = Math.min(2, Math.floor(word.length / 3));
  const distances = known.map((value) => [value, distance(word, letters(value))] as const);
  return distances.filter(([, far]) => far <= limit).toSorted(([, a], [, b]) => a - b)[0]?.[0];
}

/** Letters to insert, delete or replace (Levenshtein), row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1];
    for (const [index, other] of [...to].entries()) {
      const [left = 0, up = 0, corner = 0] = [next[index], row[index + 1], row[index]];
      next.push(Math.min(left + 1, up + 1, corner + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
