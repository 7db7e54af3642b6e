import { EVENTS } from '../../docs/generate/events/schemas.ts';
import type { Events, RotationEvent } from '../../shared/rotation/ports.ts';

/** An event bus in memory; `published` has what it took, in order. It takes only what docs/events.md describes. */
export function fakeEvents(): Events & {
  readonly published: RotationEvent[];
  /** `before`: the next calls take nothing. `after`: they take all of it, and fail all the same. */
  failing: 'before' | 'after' | undefined;
} {
  return {
    published: [],
    failing: undefined,
    async publish(events) {
      for (const { id, type, detail } of events) requireDescribed(type, { id, ...detail });
      if (this.failing !== 'before') this.published.push(...events);
      if (this.failing !== undefined) throw new Error('the bus is out of reach');
    },
  };
}

/** @throws Error for an event whose type or detail docs/events.md does not have. */
export function requireDescribed(type: string, detail: unknown): void {
  const schema = EVENTS[type];
  if (schema === undefined) throw new Error(`docs/events.md does not describe the event ${type}`);
  schema.detail.parse(detail);
}
