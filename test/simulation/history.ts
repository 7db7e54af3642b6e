/** From `from` to before `to`, in seconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What something was, and when it changed. */
export class History<Value> {
  readonly #changes: { readonly from: number; readonly value: Value }[] = [];

  /** @throws Error for a change before the last one. */
  set(from: number, value: Value): void {
    const last = this.#changes.at(-1);
    if (last !== undefined && last.from > from) throw new Error('a history is written in the order of time');
    if (last?.from === from) this.#changes.pop();
    this.#changes.push({ from, value });
  }

  /** Undefined before the first change. */
  at(time: number): Value | undefined {
    return this.#changes.findLast(({ from }) => from <= time)?.value;
  }

  /** One interval for each value, the last until `end`. */
  until(end: number): readonly (Interval & { readonly value: Value })[] {
    return this.#changes
      .map(({ from, value }, place) => ({
        from,
        to: Math.min(end, this.#changes[place + 1]?.from ?? end),
        value,
      }))
      .filter(({ from, to }) => from < to);
  }

  /** The same history without the changes that `drop` names: a mutation, for tests of the audit. */
  without(drop: (value: Value, place: number) => boolean): History<Value> {
    const kept = new History<Value>();
    for (const [place, { from, value }] of this.#changes.entries())
      if (!drop(value, place)) kept.set(from, value);
    return kept;
  }
}

/** The parts of `whole` that are in none of `parts`, in order. */
export function uncovered(whole: Interval, parts: readonly Interval[]): readonly Interval[] {
  let left: Interval[] = whole.from < whole.to ? [whole] : [];
  for (const part of parts)
    left = left.flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, part.from) },
        { from: Math.max(from, part.to), to },
      ].filter((rest) => rest.from < rest.to),
    );
  return left.toSorted((a, b) => a.from - b.from);
}

/** What two lists of intervals have in common. */
export function common(some: readonly Interval[], others: readonly Interval[]): readonly Interval[] {
  return some.flatMap((a) =>
    others
      .map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }))
      .filter(({ from, to }) => from < to),
  );
}

/** Whether a time is in none of the intervals. */
export function outside(intervals: readonly Interval[]): (time: number) => boolean {
  return (time) => !intervals.some(({ from, to }) => from <= time && time < to);
}
