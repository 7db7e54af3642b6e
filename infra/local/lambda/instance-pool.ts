import type { Credentials } from '../service/credentials.ts';
import type { Instance } from './instance.ts';

/** A place for one invocation at a time. */
export interface Slot {
  readonly instance: Instance;
  readonly credentials: Credentials;
  /** Of the invocation that runs in it, or is about to. */
  requestId: string | undefined;
}

/** The instances of a function: as many as there are invocations, up to a limit; further invocations wait. */
export class InstancePool {
  readonly #slots = new Set<Slot>();
  readonly #waiting: { readonly requestId: string; take(slot: Slot): void }[] = [];
  readonly #limit: number;
  readonly #open: () => Slot;
  readonly #dismiss: (slot: Slot) => void;

  /** @param dismiss called when an instance is given up. */
  constructor(limit: number, open: () => Slot, dismiss: (slot: Slot) => void) {
    this.#limit = limit;
    this.#open = open;
    this.#dismiss = dismiss;
  }

  /** Takes the oldest idle instance, so that few instances do most of the work. */
  async acquire(requestId: string): Promise<Slot> {
    const idle = [...this.#slots].filter((slot) => slot.requestId === undefined);
    for (const slot of idle) if (!slot.instance.alive) void this.#close(slot);
    const free = idle.find(({ instance }) => instance.alive);
    if (free !== undefined) return occupy(free, requestId);
    if (this.#slots.size < this.#limit) return occupy(this.#add(), requestId);
    const { promise, resolve } = Promise.withResolvers<Slot>();
    this.#waiting.push({ requestId, take: resolve });
    return promise;
  }

  /** Gives the instance, or a new one if it has ended, to the next invocation that waits. */
  release(slot: Slot): void {
    slot.requestId = undefined;
    const { alive } = slot.instance;
    if (!alive) void this.#close(slot);
    const next = this.#waiting.shift();
    if (next !== undefined) next.take(occupy(alive ? slot : this.#add(), next.requestId));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#slots].map((slot) => this.#close(slot)));
  }

  #add(): Slot {
    const slot = this.#open();
    this.#slots.add(slot);
    return slot;
  }

  async #close(slot: Slot): Promise<void> {
    this.#slots.delete(slot);
    this.#dismiss(slot);
    await slot.instance.kill();
  }
}

function occupy(slot: Slot, requestId: string): Slot {
  slot.requestId = requestId;
  return slot;
}
