/** What happens at a moment. */
type Event = () => Promise<void>;

interface Instant {
  /** Before the others, one after the other: what administrators do. */
  readonly first: Event[];
  readonly together: Event[];
}

/**
 * The events of a simulation: time jumps from one instant to the next at which something happens. What happens at one
 * instant runs concurrently, at most `width` events at a time. Times are whole seconds since 1970.
 */
export class Timetable {
  readonly #instants = new Map<number, Instant>();
  readonly #heap: number[] = [];
  readonly #width: number;
  #now: number;

  constructor(start: number, width: number) {
    this.#now = start;
    this.#width = width;
  }

  get now(): number {
    return this.#now;
  }

  /** Plans an event, after now: what is due earlier happens a second later. */
  plan(time: number, event: Event): void {
    this.#at(time).together.push(event);
  }

  /** Plans an event that is over before the others of its instant begin. */
  planFirst(time: number, event: Event): void {
    this.#at(time).first.push(event);
  }

  /** Runs everything until `end`, included. @param advance moves the clock of the service to an instant. */
  async run(end: number, advance: (time: number) => Promise<void> | void): Promise<void> {
    for (let time = this.#heap[0]; time !== undefined && time <= end; time = this.#heap[0]) {
      popLeast(this.#heap);
      this.#now = time;
      await advance(time);
      const instant = this.#instants.get(time);
      this.#instants.delete(time);
      for (const event of instant?.first ?? []) await event();
      await inParallel(instant?.together ?? [], this.#width);
    }
    this.#now = end;
  }

  #at(time: number): Instant {
    const due = Math.max(Math.ceil(time), this.#now + 1);
    const known = this.#instants.get(due);
    if (known !== undefined) return known;
    const instant: Instant = { first: [], together: [] };
    this.#instants.set(due, instant);
    push(this.#heap, due);
    return instant;
  }
}

async function inParallel(events: readonly Event[], width: number): Promise<void> {
  const rest = events.values();
  const work = async () => {
    for (const event of rest) await event();
  };
  await Promise.all(Array.from({ length: Math.min(width, events.length) }, work));
}

/** A binary heap, its least number first. */
function push(heap: number[], value: number): void {
  let place = heap.push(value) - 1;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if ((heap[parent] ?? 0) <= value) break;
    heap[place] = heap[parent] ?? value;
    heap[parent] = value;
    place = parent;
  }
}

function popLeast(heap: number[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    const right = left + 1;
    const least =
      (heap[right] ?? Number.POSITIVE_INFINITY) < (heap[left] ?? Number.POSITIVE_INFINITY) ? right : left;
    const child = heap[least];
    if (child === undefined || child >= last) break;
    heap[place] = child;
    place = least;
  }
  heap[place] = last;
}
