/**
 * The time of the local cloud: the machine's, shifted. The shift lives in shared memory, so that every worker's `Date`
 * and every emulator move together and at once.
 */
export interface Clock {
  /** Milliseconds since 1970, shifted. */
  now(): number;
  /** Sets the clock to so many seconds ahead of the machine's; negative is behind, 0 is in step again. */
  shift(seconds: number): void;
  /** The shift in milliseconds, as one 64-bit integer, for workers. */
  readonly memory: SharedArrayBuffer;
}

export function createClock(): Clock {
  const memory = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const offset = new BigInt64Array(memory);
  return {
    memory,
    now: () => Date.now() + Number(Atomics.load(offset, 0)),
    shift: (seconds) => void Atomics.store(offset, 0, BigInt(Math.round(seconds * 1000))),
  };
}
