import type { KeyKind } from '../../shared/domain/key-kind.ts';
import type { Disk } from './disk.ts';
import { type Outcome, type Service, sha256Of } from './service.ts';

/** What changes only when an administrator does something: when to renew, and the trust bundle. */
export type Question = 'window' | 'bundle';

/** What happened to a host, for the figures. */
export type Happening =
  | 'enrolled'
  | 'renewed'
  | 'renewed in grace'
  | 'confirmed'
  | 'crashed'
  | 'came back later'
  | 'refused: revoked'
  | 'refused: expired'
  | 'refused: other';

export interface JobOptions {
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly keyKind: KeyKind;
  readonly service: Service;
  readonly random: () => number;
  readonly now: () => number;
  tell(what: Happening, detail?: string): void;
}

/** The host was killed at a point of its job. */
export class Crash extends Error {}

/** The likelihood of a kill at each point of the job where it could matter. */
const CRASHES = 0.01;

/** The share of kills after which the key that was sent is not on the disk. */
const KEY_LOST = 0.2;

/** How a run of the job ends: there is nothing to do for now, it must run again soon, or the service refused for good. */
export type End = 'done' | 'later' | 'refused';

/** What the timer of a host runs: enroll, confirm, ask what has changed, renew. Each step can be cut off and run again. */
export class Job {
  readonly #options: JobOptions;
  readonly #disk: Disk;

  constructor(options: JobOptions, disk: Disk) {
    this.#options = options;
    this.#disk = disk;
  }

  /** @param questions what to ask; each is removed when it is answered. @throws Crash */
  async run(questions: Set<Question>): Promise<End> {
    if (this.#disk.pair === undefined) return this.#enroll();
    if (this.#disk.unconfirmed !== undefined && (await this.#confirm()) !== 'done') return 'later';
    if (questions.has('bundle') && (await this.#askBundle()) !== 'done') return 'later';
    questions.delete('bundle');
    if (questions.has('window') && (await this.#askWindow()) !== 'done') return 'later';
    questions.delete('window');
    return this.#options.now() < this.#disk.renewAt ? 'done' : this.#renew();
  }

  async #enroll(): Promise<End> {
    const { service, name, dnsNames, tell, random } = this.#options;
    const { token = '' } = this.#disk;
    const key = this.#disk.pendingKey();
    this.#mayCrash();
    const outcome = await service.enroll(token, { name, dnsNames }, key);
    this.#mayCrash();
    if (outcome.kind !== 'done') return this.#notDone(outcome);
    this.#disk.install(outcome.value, key);
    this.#disk.planRenewal(outcome.value, outcome.value.window, random);
    tell('enrolled');
    return 'done';
  }

  async #renew(): Promise<End> {
    const { service, tell, now, random } = this.#options;
    const { pair, bundle } = this.#disk;
    if (pair === undefined) return 'later';
    const key = this.#disk.pendingKey();
    this.#mayCrash();
    const outcome = await service.renew(pair, pair.key, key, sha256Of(bundle));
    this.#mayCrash(() => {
      if (random() < KEY_LOST) this.#disk.losePendingKey();
    });
    if (outcome.kind !== 'done') return this.#notDone(outcome);
    tell(now() > pair.notAfter ? 'renewed in grace' : 'renewed');
    this.#disk.install(outcome.value, key);
    this.#disk.planRenewal(outcome.value, outcome.value.window, random);
    this.#disk.unconfirmed = pair.serialNumber;
    this.#mayCrash();
    return this.#confirm();
  }

  async #confirm(): Promise<End> {
    const { service, tell } = this.#options;
    const { pair, unconfirmed } = this.#disk;
    if (pair === undefined || unconfirmed === undefined) return 'done';
    const outcome = await service.confirm(unconfirmed, pair.key);
    this.#mayCrash();
    if (outcome.kind !== 'done') return this.#notDone(outcome);
    this.#disk.unconfirmed = undefined;
    tell('confirmed');
    return 'done';
  }

  /** Where the service knows no window, as for a revoked certificate, the host tries to renew and learns why. */
  async #askWindow(): Promise<End> {
    const { service, now, random } = this.#options;
    const { pair } = this.#disk;
    if (pair === undefined) return 'done';
    const outcome = await service.window(pair.serialNumber);
    if (outcome.kind === 'later') return this.#notDone(outcome);
    const window = outcome.kind === 'done' ? outcome.value : { start: now(), end: now() };
    this.#disk.planRenewal(pair, window, random);
    return 'done';
  }

  async #askBundle(): Promise<End> {
    const outcome = await this.#options.service.bundle();
    if (outcome.kind !== 'done') return this.#notDone(outcome);
    this.#disk.refreshBundle(outcome.value);
    return 'done';
  }

  #notDone(outcome: Exclude<Outcome<unknown>, { kind: 'done' }>): End {
    const { tell, name } = this.#options;
    if (outcome.kind === 'later') tell('came back later', outcome.why);
    else if (outcome.code === 'certificate_revoked') tell('refused: revoked', name);
    else if (outcome.code === 'certificate_expired') tell('refused: expired', name);
    else tell('refused: other', `${name}: ${outcome.code}: ${outcome.detail}`);
    return outcome.kind === 'later' ? 'later' : 'refused';
  }

  #mayCrash(loss: () => void = () => {}): void {
    if (this.#options.random() >= CRASHES) return;
    loss();
    throw new Crash();
  }
}
