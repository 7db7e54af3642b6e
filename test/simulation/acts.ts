import { DAY, HOUR } from '../../shared/domain/duration.ts';
import { at, listAt, textAt } from '../support/json.ts';
import type { Chronicle } from './chronicle.ts';
import type { Fleet } from './fleet.ts';
import type { Question } from './job.ts';
import { Refused } from './service.ts';

/** What administrators do in the two years, and on which day. */
export interface Acts {
  /** The next issuer is certified and activated; the earlier one drains. */
  readonly issuerRollovers: readonly number[];
  /** The issuer that is active then is compromised. */
  readonly compromise: number | undefined;
  /** A new root is certified and spread; it is activated as soon as the service lets it be. */
  readonly rootRollover: number | undefined;
}

/** An administrator's requests on a day, and what hosts can notice of them. */
type PlanAct = (day: number, what: string, changes: readonly Question[], run: () => Promise<void>) => void;

/** Plans the acts. Each is an administrator's requests, tried again the next day where the service refuses it for now. */
export function planActs(fleet: Fleet, chronicle: Chronicle, acts: Acts, hourly: () => Promise<void>): void {
  const { timetable, service } = fleet;
  const act: PlanAct = (day, what, changes, run) => {
    timetable.planFirst(fleet.day(day), async () => {
      try {
        await run();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        fleet.count(`refused for now: ${what}`);
        return act(day + 1, what, changes, run);
      }
      chronicle.act(timetable.now, what);
      await sample(fleet, chronicle);
      for (const question of changes) fleet.announce(question);
    });
  };
  const rollOver = async () => {
    const next = textAt(await service.admin('POST', '/v1/issuers', {}), 'id');
    await service.admin('POST', `/v1/issuers/${next}/activate`);
  };
  for (const day of acts.issuerRollovers) act(day, 'issuer rollover', ['window'], rollOver);
  if (acts.compromise !== undefined)
    act(acts.compromise, 'issuer compromised', ['window'], async () => {
      const issuers = listAt(await service.admin('GET', '/v1/issuers'), 'items');
      const active = textAt(
        issuers.find((issuer) => at(issuer, 'state') === 'ACTIVE'),
        'id',
      );
      const compromised = await service.admin('POST', `/v1/issuers/${active}/compromise`, {});
      const until = Date.parse(textAt(compromised, 'revokeAt')) / 1000;
      chronicle.compromises.set(active, { from: timetable.now, to: until });
      // What is scheduled every hour certifies and activates the next one.
      timetable.planFirst(timetable.now + HOUR, hourly);
      timetable.planFirst(until + HOUR, hourly);
    });
  if (acts.rootRollover !== undefined) planRootRollover(fleet, acts.rootRollover, act);
}

/** The steps of a root rollover: trusted first, then adopted, then activated; Fleet Servers are restarted in between. */
function planRootRollover({ service, restartServers }: Fleet, day: number, act: PlanAct): void {
  const step = (path: string, body?: object) => async () => {
    await service.admin('POST', `/v1/roots/root-2/${path}`, body);
  };
  act(day, 'root-2 is certified', ['bundle'], step('certify'));
  act(day + 14, 'Fleet Servers are restarted', [], async () => restartServers());
  act(day + 15, 'root-2 is acknowledged', [], step('acknowledge', { verifiers: ['Elasticsearch'] }));
  act(day + 16, 'root-2 is activated', [], step('activate'));
}

/** Every ten days: what is scheduled, and what the service says of its CAs. */
export function planRounds(fleet: Fleet, chronicle: Chronicle, scheduled: () => Promise<void>): void {
  const { timetable, period } = fleet;
  for (let time = period.from; time <= period.to; time += 10 * DAY)
    timetable.planFirst(time, async () => {
      await scheduled();
      const changed = await sample(fleet, chronicle);
      // An issuer took over by itself: hosts learn it when they ask.
      if (changed) fleet.announce('window');
    });
}

/** Writes down what the service says of its CAs. @returns whether the state of an issuer has changed. */
async function sample({ service, timetable: { now } }: Fleet, chronicle: Chronicle): Promise<boolean> {
  chronicle.roots(now, listAt(await service.admin('GET', '/v1/roots'), 'roots'));
  return chronicle.states(now, listAt(await service.admin('GET', '/v1/issuers'), 'items'));
}
