import { DAY } from '../../shared/domain/duration.ts';
import type { Witness } from './audit.ts';
import type { Behaviour } from './behaviour.ts';
import { outside } from './history.ts';
import { Host, nextRun } from './host.ts';
import type { JobOptions, Question } from './job.ts';
import type { Timetable } from './timetable.ts';

/** A host in its timetable: its job runs when it is due, and when an administrator changed something. */
export class Member implements Witness {
  readonly name: string;
  readonly host: Host;
  readonly behaviour: Behaviour;
  readonly reachable: (time: number) => boolean;
  readonly #timetable: Timetable;
  readonly #questions = new Set<Question>();
  /** Its certificate ran out, and it can do nothing about it. */
  readonly #onExpired: () => void;
  /** When its job runs next; an earlier plan is dropped when there is a sooner one. */
  #next = Number.POSITIVE_INFINITY;
  #isGone = false;

  constructor(behaviour: Behaviour, timetable: Timetable, options: JobOptions, onExpired: () => void) {
    this.name = behaviour.name;
    this.behaviour = behaviour;
    this.host = new Host(options);
    this.reachable = outside([...behaviour.away, ...behaviour.forgets]);
    this.#timetable = timetable;
    this.#onExpired = onExpired;
  }

  get presented() {
    return this.host.disk.presented;
  }

  get bundles() {
    return this.host.disk.bundles;
  }

  get live() {
    return this.host.live;
  }

  get renewals() {
    return this.host.disk.renewals;
  }

  /** Whether it was switched off for good. */
  get isGone(): boolean {
    return this.#isGone;
  }

  install(token: string): void {
    this.host.install(token);
    this.#plan(this.#timetable.now + 1);
  }

  switchOff(): void {
    this.host.stopExpecting();
    this.#isGone = true;
  }

  /** It will ask at that time what an administrator changed. */
  ask(question: Question, time: number): void {
    this.#questions.add(question);
    this.#plan(time);
  }

  /** Unless it is planned sooner already. */
  #plan(time: number): void {
    if (time >= this.#next && this.#next > this.#timetable.now) return;
    this.#next = time;
    this.#timetable.plan(time, async () => {
      if (this.#next === time && this.host.isInstalled && !this.#isGone) await this.#run();
    });
  }

  async #run(): Promise<void> {
    const { now } = this.#timetable;
    this.#next = Number.POSITIVE_INFINITY;
    if (!this.reachable(now)) {
      // It does not know what it missed.
      for (const question of ['window', 'bundle'] as const) this.#questions.add(question);
      return this.#plan(nextRun(now + 1));
    }
    const due = await this.host.run(this.#questions);
    if (due === undefined) {
      if (this.host.isLive && this.host.isExpired) this.#onExpired();
    } else this.#plan(due - now <= DAY ? Math.max(Math.ceil(due), now + 1) : nextRun(due));
  }
}
