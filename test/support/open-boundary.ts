import type { Call, CallLog } from '../../infra/local/service/calls.ts';
import { createClock } from '../../infra/local/service/clock.ts';
import type { Boundary } from '../../infra/local/service/gate.ts';
import { createJournal } from '../../infra/local/service/journal.ts';
import { createFaults, type Faults } from './faults.ts';

/** A boundary for a service that runs alone: everybody may do everything; calls are counted and faults strike. */
export function openBoundary(): Boundary & { readonly calls: CallLog; readonly faults: Faults } {
  const calls = createJournal<Call>();
  const faults = createFaults();
  return {
    clock: createClock(),
    caller: () => undefined,
    authorize: async () => {},
    intercept: faults.intercept,
    record: calls.add,
    calls,
    faults,
  };
}
