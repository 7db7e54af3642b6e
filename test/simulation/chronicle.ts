import type { AuthorityStates, FleetRecord, Week } from '../../docs/generate/fleet/record.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { at, numberAt, textAt } from '../support/json.ts';
import type { Witness } from './audit.ts';
import { History, type Interval } from './history.ts';
import type { Verifier } from './verifier.ts';

/** What the simulation writes down while it runs: what administrators did, and what the service said of its CAs. */
export class Chronicle {
  /** Issuers that were reported as compromised, until the root revokes them. */
  readonly compromises = new Map<string, Interval>();
  readonly acts: { readonly time: number; readonly what: string }[] = [];
  readonly #states = new Map<string, History<string>>();
  readonly #adoption = new Map<string, { readonly time: number; readonly share: number }[]>();
  readonly #period: Interval;

  constructor(period: Interval) {
    this.#period = period;
  }

  act(time: number, what: string): void {
    this.acts.push({ time, what });
  }

  /** @param list issuers or roots, as the service lists them. @returns whether a state has changed. */
  states(time: number, list: readonly unknown[]): boolean {
    let changed = false;
    for (const ca of list) {
      const id = textAt(ca, 'id');
      const history = this.#states.get(id) ?? new History<string>();
      this.#states.set(id, history);
      const state = textAt(ca, 'state');
      if (history.at(time) === state) continue;
      changed ||= history.at(time) !== undefined;
      history.set(time, state);
    }
    return changed;
  }

  /** The roots with their states, and the shares of those that have been measured. */
  roots(time: number, list: readonly unknown[]): void {
    this.states(time, list);
    for (const root of list) {
      if (at(root, 'adoption') === undefined) continue;
      const share = numberAt(root, 'adoption.adopted') / Math.max(1, numberAt(root, 'adoption.live'));
      const id = textAt(root, 'id');
      this.#adoption.set(id, [...(this.#adoption.get(id) ?? []), { time, share }]);
    }
  }

  record(
    agents: readonly Witness[],
    verifier: Verifier,
  ): Pick<FleetRecord, 'weeks' | 'authorities' | 'adoption' | 'acts'> {
    const day = (time: number) => Math.round((time - this.#period.from) / DAY);
    return {
      weeks: this.#weeks(agents, verifier),
      authorities: [...this.#states]
        .map(
          ([id, history]): AuthorityStates => ({
            id,
            states: history
              .until(this.#period.to)
              .map(({ value: state, from, to }) => ({ state, from: day(from), to: day(to) })),
          }),
        )
        .sort(rootsFirst),
      adoption: [...this.#adoption].map(([root, points]) => ({
        root,
        points: points.map(({ time, share }) => ({ day: day(time), share })),
      })),
      acts: this.acts.map(({ time, what }) => ({ day: day(time), what })),
    };
  }

  #weeks(agents: readonly Witness[], verifier: Verifier): readonly Week[] {
    const { from, to } = this.#period;
    const times = Array.from(
      { length: Math.floor((to - from) / (7 * DAY)) + 1 },
      (_, week) => from + week * 7 * DAY,
    );
    return times.map((time) => {
      const valid: Record<string, number> = {};
      for (const agent of agents) {
        const issued = agent.presented.at(time);
        const accepted = issued && verifier.validity(issued.chain, agent.bundles.at(time) ?? '');
        if (agent.live.at(time) && issued && accepted?.some((part) => part.from <= time && time < part.to))
          valid[issued.issuer] = (valid[issued.issuer] ?? 0) + 1;
      }
      const live = agents.filter((agent) => agent.live.at(time)).length;
      return { day: Math.round((time - from) / DAY), live, valid };
    });
  }
}

function rootsFirst(a: AuthorityStates, b: AuthorityStates): number {
  const kind = (id: string) => (id.startsWith('root') ? 0 : 1);
  return kind(a.id) - kind(b.id) || a.id.localeCompare(b.id, 'en', { numeric: true });
}
