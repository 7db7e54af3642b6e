import type { Clock, Instant } from '../domain/instant.ts';
import { type LedgerState, settlingSeconds } from '../domain/ledger.ts';
import type { Stacks } from './ports.ts';

export interface ActivateRegionDependencies {
  readonly ledger: {
    readState(): Promise<LedgerState | undefined>;
    activate(
      activeRegion: string,
      responderKeyArn: string,
      since?: Instant,
    ): Promise<LedgerState | undefined>;
  };
  readonly stacks: Pick<Stacks, 'isRollingBack'>;
  readonly clock: Clock;
  /** Waits that many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** The Region that this is. */
  readonly region: string;
}

/** What a deployment in two Regions says of them. */
export interface AskedRegion {
  readonly activeRegion: string;
  readonly responderKeyArn: string;
  /** Whether this deployment makes it active: the one before it of the same stack asked otherwise, or had another table. */
  readonly changed: boolean;
}

/**
 * Makes the Region active that a deployment asks for, if it is the first one to say so or changes what it asks: settings from
 * before a failover do not undo it. Nor does a rollback, which CloudFormation sends as one more change, with the properties
 * swapped: the other Region may be down, or serve. Needs nothing of the other Region.
 *
 * Waits until this Region may work, if it is to: what follows in the deployment writes and signs. May run twice.
 *
 * @param stackId ARN of the stack that is deployed
 * @returns the Region that is active, and whether this made it so.
 */
export async function activateRegion(
  deps: ActivateRegionDependencies,
  stackId: string,
  { activeRegion, responderKeyArn, changed }: AskedRegion,
): Promise<{ readonly active: string; readonly before: string | undefined; readonly moved: boolean }> {
  const { ledger, stacks, clock, pause, region } = deps;
  const there = await ledger.readState();
  const before = there?.activeRegion;
  const differs = before !== activeRegion;
  const moved = before === undefined || (differs && changed && !(await stacks.isRollingBack(stackId)));
  const since = before === undefined ? undefined : clock();
  const state = moved ? await ledger.activate(activeRegion, responderKeyArn, since) : there;
  const active = moved ? activeRegion : before;
  const seconds = state === undefined || active !== region ? 0 : settlingSeconds(state, clock());
  if (seconds > 0) await pause(seconds * 1000);
  return { active, before, moved };
}
