import { DAY, HOUR, MINUTE } from '../../shared/domain/duration.ts';
import { Disk } from './disk.ts';
import { History } from './history.ts';
import { Crash, Job, type JobOptions, type Question } from './job.ts';

/** A host of the fleet: its disk, and the job that its timer runs. */
export class Host {
  readonly disk: Disk;
  /** Whether it should be able to work. */
  readonly live = new History<boolean>();
  readonly #options: JobOptions;
  readonly #job: Job;

  constructor(options: JobOptions) {
    this.#options = options;
    this.disk = new Disk(options.keyKind, options.now);
    this.#job = new Job(options, this.disk);
  }

  get isInstalled(): boolean {
    return this.disk.pair !== undefined || this.disk.token !== undefined;
  }

  get isLive(): boolean {
    return this.live.at(this.#options.now()) === true;
  }

  get isExpired(): boolean {
    const { pair } = this.disk;
    return pair !== undefined && pair.notAfter < this.#options.now();
  }

  /** A new installation with a bootstrap token. */
  install(token: string): void {
    this.disk.wipe(token);
    this.live.set(this.#options.now(), true);
  }

  /** Switched off or revoked: nothing is expected of it until it is installed again. */
  stopExpecting(): void {
    this.live.set(this.#options.now(), false);
  }

  /**
   * Runs the job once.
   *
   * @param questions what it asks besides, removed when it is answered: between two acts of administrators the answers are
   *   the same, so the simulation asks only after one. A real job asks every six hours.
   * @returns when it should run next, in seconds since 1970; undefined where it can do nothing any more.
   */
  async run(questions: Set<Question>): Promise<number | undefined> {
    const { now, tell } = this.#options;
    try {
      const end = await this.#job.run(questions);
      if (end === 'refused') return undefined;
      return end === 'later' ? now() + HOUR : this.disk.renewAt;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      tell('crashed');
      return now() + 10 * MINUTE;
    }
  }
}

/** How often a timer runs the job. */
export const JOB_INTERVAL = 6 * HOUR;

/** The time at which the timer runs next, at or after `time`: the simulation looks once a day where nothing is urgent. */
export function nextRun(time: number): number {
  return roundUp(time, DAY);
}

/** The next multiple of `step`. */
export function roundUp(time: number, step: number): number {
  return Math.ceil(time / step) * step;
}
