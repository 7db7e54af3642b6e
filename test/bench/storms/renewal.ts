import { HOUR, MINUTE } from '../../../shared/domain/duration.ts';
import { type Instant, instant, plus } from '../../../shared/domain/instant.ts';
import { newSerialNumber } from '../../../shared/domain/serial-number.ts';
import {
  askAgainSeconds,
  type Renewable,
  renewalWindow,
  type WindowFacts,
} from '../../../shared/rotation/renewal-window.ts';
import { randomSequence } from '../../support/random-sequence.ts';

/** When a host does something. */
export interface HostHabits {
  readonly name: string;
  /** Its next run at or after a time. */
  nextRun(at: Instant, host: number): Instant;
  /** Whether it renews at a moment of the window that it draws, or as soon as it finds the window open. */
  readonly draws: boolean;
}

/** A timer of its own, every hour with a jitter, as the scripts of hosts install it. */
export const TIMERS: HostHabits = {
  name: 'timers with jitter, a moment drawn from the window',
  draws: true,
  nextRun: (at, host) => plus(at, (host * 61 + at) % HOUR),
};

/** The worst there is: the same minute of the clock on every host, and no jitter at all. */
export const CRON: HostHabits = {
  name: 'cron at the full hour on all hosts, as soon as the window is open',
  draws: false,
  nextRun: (at) => instant(Math.ceil(at / HOUR) * HOUR),
};

export interface RenewalStorm {
  readonly hosts: number;
  readonly lifeSeconds: number;
  readonly habits: HostHabits;
  /**
   * What moves windows forward: that many seconds after the first certificate, a mass replacement within so many seconds,
   * or the compromise of the issuer. @default - nothing
   */
  readonly event?: { readonly after: number; readonly within: number | 'compromise' };
}

export interface RenewalResult {
  readonly renewed: number;
  /** Hosts whose certificate ended first. */
  readonly late: number;
  readonly busiestSecond: number;
  readonly busiestMinute: number;
  /** Hours from the first renewal to the last. */
  readonly hours: number;
}

/** 2026-11-23T00:00:00Z. */
const START = instant(1_795_392_000);

/** Renews the certificates of all hosts, which were issued within one hour, once; by the code of the service. */
export function renewalStorm(storm: RenewalStorm): RenewalResult {
  const random = randomSequence(2);
  const octets = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const times: Instant[] = [];
  let late = 0;
  for (let host = 0; host < storm.hosts; host++) {
    const reservedAt = plus(START, Math.floor(random() * HOUR));
    const record: Renewable = {
      serialNumber: newSerialNumber(octets),
      issuerId: 'issuer-1',
      profile: 'agent',
      reservedAt,
      validity: { notBefore: plus(reservedAt, -5 * MINUTE), notAfter: plus(reservedAt, storm.lifeSeconds) },
    };
    const renewedAt = renewalOf(record, storm, host, random());
    if (renewedAt > record.validity.notAfter) late += 1;
    else times.push(renewedAt);
  }
  return { renewed: times.length, late, ...ratesOf(times) };
}

/** When a host renews: it asks at its runs, as often as the service says, and knows what held when it asked last. */
function renewalOf(record: Renewable, { habits, event }: RenewalStorm, host: number, share: number): Instant {
  const happens = event === undefined ? Number.POSITIVE_INFINITY : START + event.after;
  const before = renewalWindow(record, { replacements: [] });
  const after =
    event === undefined ? before : renewalWindow(record, factsAfter(event, plus(START, event.after)));
  for (let now = habits.nextRun(record.reservedAt, host); ; ) {
    const window = now < happens ? before : after;
    const drawn = Math.floor(share * (window.end - window.start));
    const due = plus(window.start, habits.draws ? drawn : 0);
    if (now >= due) return now;
    const asks = plus(now, askAgainSeconds(window, record.validity, now));
    now = habits.nextRun(instant(Math.min(due, asks)), host);
  }
}

function factsAfter({ within }: NonNullable<RenewalStorm['event']>, at: Instant): WindowFacts {
  if (within === 'compromise')
    return { replacements: [], issuer: { state: 'COMPROMISED', compromisedAt: at } };
  const selector = { issuerId: 'issuer-1' };
  const replacement = {
    id: 'storm',
    selector,
    createdAt: at,
    createdBy: 'storm',
    by: plus(at, within),
    certificates: 0,
  };
  return { replacements: [replacement] };
}

function ratesOf(times: readonly Instant[]) {
  const busiest = (seconds: number) => {
    const counts = new Map<number, number>();
    for (const time of times) {
      const slot = Math.floor(time / seconds);
      counts.set(slot, (counts.get(slot) ?? 0) + 1);
    }
    return [...counts.values()].reduce((most, count) => Math.max(most, count), 0);
  };
  const first = times.reduce((low, time) => Math.min(low, time), Number.POSITIVE_INFINITY);
  const last = times.reduce((high, time) => Math.max(high, time), 0);
  return { busiestSecond: busiest(1), busiestMinute: busiest(MINUTE), hours: (last - first) / HOUR };
}
