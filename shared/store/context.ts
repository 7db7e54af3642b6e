import { setTimeout } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '../domain/instant.ts';

/** What every part of the adapter works with. */
export interface StoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Uniform in [0, 1), for the jitter of retries. @default Math.random */
  readonly random?: () => number;
  /** Waits that many milliseconds. @default a timer */
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** By it, a process knows how old is what it saw of the ledger. @default systemClock */
  readonly clock?: Clock;
  /**
   * Whether the authority can be read from a table from which nothing may be signed: `ignored` is for functions that sign
   * nothing, and are needed before a restored table is opened. @default kept
   */
  readonly fence?: 'kept' | 'ignored';
  /**
   * In which of two Regions it writes: `either` is for what says which one is active, and for what each Region records of
   * itself. @default active
   */
  readonly writesIn?: 'active' | 'either';
}

export type StoreContext = Required<StoreOptions>;

export function storeContext(options: StoreOptions): StoreContext {
  return {
    random: Math.random,
    pause: setTimeout,
    clock: systemClock,
    fence: 'kept',
    writesIn: 'active',
    ...options,
  };
}
