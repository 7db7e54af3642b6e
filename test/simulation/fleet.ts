import { DAY, HOUR } from '../../shared/domain/duration.ts';
import type { TestCloud } from '../support/cloud.ts';
import { textAt } from '../support/json.ts';
import type { ServerWitness, Witness } from './audit.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import { History, type Interval } from './history.ts';
import { JOB_INTERVAL, roundUp } from './host.ts';
import type { Question } from './job.ts';
import { Member } from './member.ts';
import { Service } from './service.ts';
import { Timetable } from './timetable.ts';

export interface FleetOptions {
  readonly agents: number;
  readonly servers: number;
  readonly days: number;
  /** Everything that the simulation decides follows from it; serial numbers and keys are random. */
  readonly seed: number;
  /** Events that run at once. @default 8 */
  readonly width?: number;
}

/** A Fleet Server: its listener trusts what was on its disk at its last start. */
interface Server {
  readonly member: Member;
  readonly loaded: History<string>;
}

/** A fleet of hosts over a local cloud, and those who look after them. */
export class Fleet {
  readonly options: FleetOptions;
  readonly service: Service;
  readonly timetable: Timetable;
  readonly period: Interval;
  /** How often what happened. */
  readonly happenings = new Map<string, number>();
  /** What hosts were refused that nobody planned. */
  readonly surprises: string[] = [];
  readonly #cloud: TestCloud;
  readonly #agents: Member[] = [];
  readonly #servers: Server[] = [];

  constructor(cloud: TestCloud, options: FleetOptions) {
    const { servers, agents, seed, days, width = 8 } = options;
    this.#cloud = cloud;
    this.options = options;
    this.service = new Service(cloud);
    const from = Math.ceil(cloud.local.clock.now() / 1000 / DAY) * DAY;
    this.period = { from, to: from + days * DAY };
    this.timetable = new Timetable(from - 1, width);
    for (let n = 0; n < servers; n++) this.#addServer(behaviourOf(`fleet-server-${n}`, seed, this.period));
    for (let n = 0; n < agents; n++) this.#addAgent(behaviourOf(`agent-${n}`, seed, this.period));
  }

  get agents(): readonly Witness[] {
    return this.#agents;
  }

  get servers(): readonly ServerWitness[] {
    return this.#servers.map(({ member, loaded }) => {
      const { name, presented, bundles, live, renewals, reachable } = member;
      return { name, presented, bundles, live, renewals, reachable, loaded };
    });
  }

  /** A day of the simulation, as a time. */
  day(day: number): number {
    return this.period.from + day * DAY;
  }

  /** Lives to the end of the period. */
  async run(): Promise<void> {
    await this.timetable.run(this.period.to, (time) => this.#cloud.advanceTo(time * 1000));
    this.#cloud.advanceTo(this.period.to * 1000);
    this.service.close();
  }

  /** An administrator changed something, which every host learns when it asks next. */
  announce(question: Question): void {
    for (const member of [...this.#agents, ...this.#servers.map((server) => server.member)]) {
      const asks = this.timetable.now + member.behaviour.random() * JOB_INTERVAL;
      member.ask(question, roundUp(asks, HALF_HOUR));
    }
  }

  /** Restarts every server, so that its listener loads the bundle on its disk. */
  readonly restartServers = (): void => {
    for (const server of this.#servers) this.#restart(server);
  };

  count(what: string): void {
    this.happenings.set(what, (this.happenings.get(what) ?? 0) + 1);
  }

  #addAgent(behaviour: Behaviour): void {
    const agent = this.#member(behaviour, 'agent', []);
    this.#agents.push(agent);
    this.#planLife(agent, 'agent');
  }

  /** A server is there from the first minute, always reachable, and restarted every one to four months. */
  #addServer(behaviour: Behaviour): void {
    const { from, to } = this.period;
    const { name, random } = behaviour;
    const calm = { away: [], forgets: [], reimaged: [], revoked: [], ends: undefined, lifetimeDays: 90 };
    const member = this.#member({ ...behaviour, ...calm, begins: from }, 'fleet-server', [
      `${name}.example.com`,
    ]);
    const server = { member, loaded: new History<string>() };
    this.#servers.push(server);
    this.#planLife(member, 'fleet-server');
    for (let time = from + HOUR; time < to; time += Math.floor((30 + random() * 90) * DAY))
      this.timetable.planFirst(time, async () => this.#restart(server));
  }

  /** A listener starts when there is something to load. */
  #restart(server: Server): void {
    const { now } = this.timetable;
    const { bundle } = server.member.host.disk;
    if (bundle !== '') server.loaded.set(now, bundle);
    else this.timetable.planFirst(now + HOUR, async () => this.#restart(server));
  }

  #member(behaviour: Behaviour, profile: Profile, dnsNames: readonly string[]): Member {
    const { name, keyKind, random } = behaviour;
    const job = {
      name,
      keyKind,
      dnsNames,
      random,
      service: this.service,
      now: () => this.timetable.now,
      tell: (what: string, detail?: string) => {
        this.count(what);
        if (what === 'refused: other') this.surprises.push(`day ${this.#today()}: ${detail}`);
      },
    };
    const member: Member = new Member(behaviour, this.timetable, job, () => {
      this.count('expired while away');
      this.timetable.planFirst(this.timetable.now + DAY, () => this.#install(member, profile, true));
    });
    return member;
  }

  #today(): number {
    return Math.floor((this.timetable.now - this.period.from) / DAY);
  }

  #planLife(member: Member, profile: Profile): void {
    const { begins, reimaged, revoked, ends } = member.behaviour;
    const { timetable } = this;
    timetable.planFirst(begins, () => this.#install(member, profile, false));
    for (const time of reimaged) timetable.planFirst(time, () => this.#install(member, profile, true));
    for (const time of revoked) {
      timetable.planFirst(time, () => this.#revoke(member));
      timetable.planFirst(time + 5 * DAY, () => this.#install(member, profile, true));
    }
    if (ends === undefined) return;
    timetable.planFirst(ends, async () => {
      member.switchOff();
      this.count('switched off');
    });
  }

  /** Somebody makes a bootstrap token, and installs the host with it: when it is reachable, since who installs is there. */
  async #install(member: Member, profile: Profile, again: boolean): Promise<void> {
    const { now } = this.timetable;
    if (member.isGone) return;
    if (!member.reachable(now))
      return this.timetable.planFirst(now + DAY, () => this.#install(member, profile, again));
    const dns = profile === 'fleet-server' ? { dns: ['*.example.com'] } : {};
    const token = await this.service.admin('POST', '/v1/tokens', {
      profile,
      names: { commonName: member.name, ...dns },
      certificateLifetime: `P${member.behaviour.lifetimeDays}D`,
      onExistingName: again ? 'replace' : 'refuse',
    });
    member.install(textAt(token, 'token'));
    this.count(again ? 'installed again' : 'installed');
  }

  async #revoke(member: Member): Promise<void> {
    const { host, isGone } = member;
    const { pair } = host.disk;
    if (pair === undefined || isGone) return;
    await this.service.admin('POST', `/v1/certificates/${pair.serialNumber}/revoke`, {
      reason: 'keyCompromise',
    });
    host.stopExpecting();
    this.count('revoked');
    // It learns it when it asks for its window.
    member.ask('window', this.timetable.now + JOB_INTERVAL);
  }
}

type Profile = 'agent' | 'fleet-server';

/** Within which runs are simulated as at one time. */
const HALF_HOUR = HOUR / 2;
