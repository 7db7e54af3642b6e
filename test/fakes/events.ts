import type { Events, RotationEvent } from '../../shared/rotation/ports.ts';

/** An event bus in memory; `published` has what it took, in order. */
export function fakeEvents(): Events & {
  readonly published: RotationEvent[];
  /** `before`: the next calls take nothing. `after`: they take all of it, and fail all the same. */
  failing: 'before' | 'after' | undefined;
} {
  return {
    published: [],
    failing: undefined,
    async publish(events) {
      if (this.failing !== 'before') this.published.push(...events);
      if (this.failing !== undefined) throw new Error('the bus is out of reach');
    },
  };
}
