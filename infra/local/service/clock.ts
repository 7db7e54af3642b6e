/**
 * The time of the local cloud: the machine's, shifted. The shift is in shared memory, so that every worker's `Date` and
 * every emulator change at once.
 */
export interface Clock {
  /** Milliseconds since 1970, shifted. */
  now(): number;
  /** Sets the clock so many seconds ahead of the machine's; negative is behind. */
  shift(seconds: number): void;
  /** Moves the clock forward to a moment, in milliseconds since 1970; a moment that has passed changes nothing. */
  advanceTo(moment: number): void;
  /**
   * Calls `run` after so many milliseconds on this clock, shifts included. Does not keep the process alive.
   *
   * @returns cancels it.
   */
  after(milliseconds: number, run: () => void): () => void;
  /** The shift in milliseconds, as one 64-bit integer, for workers. */
  readonly memory: SharedArrayBuffer;
}

/** Node runs timers of more milliseconds at once (Node.js documentation, `setTimeout`). */
const LONGEST_TIMER = 2 ** 31 - 1;

export function createClock(): Clock {
  const memory = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const offset = new BigInt64Array(memory);
  const now = () => Date.now() + Number(Atomics.load(offset, 0));
  const alarms = new Set<() => void>();
  const set = (milliseconds: number) => {
    Atomics.store(offset, 0, BigInt(Math.round(milliseconds)));
    for (const check of [...alarms]) check();
  };
  return {
    memory,
    now,
    shift: (seconds) => set(seconds * 1000),
    advanceTo(moment) {
      if (moment > now()) set(moment - Date.now());
    },
    after(milliseconds, run) {
      const due = now() + milliseconds;
      let timer: NodeJS.Timeout | undefined;
      const check = () => {
        clearTimeout(timer);
        const left = due - now();
        if (left > 0) timer = setTimeout(check, Math.min(left, LONGEST_TIMER)).unref();
        else if (alarms.delete(check)) run();
      };
      alarms.add(check);
      check();
      return () => {
        clearTimeout(timer);
        alarms.delete(check);
      };
    },
  };
}
