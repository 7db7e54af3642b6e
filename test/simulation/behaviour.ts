import { DAY, HOUR } from '../../shared/domain/duration.ts';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import { randomSequence } from '../support/random-sequence.ts';
import type { Interval } from './history.ts';

/** What happens to a host in its life, in seconds since 1970; all of it follows from the seed and the host's name. */
export interface Behaviour {
  readonly name: string;
  /** When it is installed. */
  readonly begins: number;
  /** Certificate lifetime that its bootstrap tokens say, in days. */
  readonly lifetimeDays: number;
  /** Of the keys that it makes. */
  readonly keyKind: KeyKind;
  /** When it is off, unplugged or cannot reach the service. */
  readonly away: readonly Interval[];
  /** When it runs, but its rotation job does not: a timer that somebody disabled. */
  readonly forgets: readonly Interval[];
  /** When it is reinstalled: its key, certificate and bundle are gone, and it gets a new bootstrap token. */
  readonly reimaged: readonly number[];
  /** When its certificate is revoked; it is reinstalled some days later. */
  readonly revoked: readonly number[];
  /** When it is switched off for good. */
  readonly ends: number | undefined;
  /** Of its later decisions. */
  readonly random: () => number;
}

/** A random sequence of its own for everything that has a name, so that no host's luck depends on another's. */
function randomOf(seed: number, name: string): () => number {
  let hash = seed | 0;
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return randomSequence(hash);
}

/** Certificate lifetimes in days: the longest that the profile permits, and its default. */
const LIFETIMES = { usual: 90, short: 30 };

/** Shares of hosts with other keys than P-256. RSA keys would take most of the time. */
const OTHER_KEYS = { ed25519: 0.1, p384: 0.1 };

/** Shares of hosts that are different, or to which something happens in two years. */
const SHARES = {
  short: 0.1,
  late: 0.2,
  away: 0.2,
  forgets: 0.1,
  reimaged: 0.1,
  revoked: 0.05,
  ends: 0.05,
};

/** @param period of the whole simulation. */
export function behaviourOf(name: string, seed: number, { from, to }: Interval): Behaviour {
  const random = randomOf(seed, name);
  const between = (low: number, high: number) => Math.floor(low + random() * (high - low));
  const happens = (share: number) => random() < share;
  const begins = from + (happens(SHARES.late) ? between(10 * DAY, 500 * DAY) : between(0, 10 * DAY));
  const spell = (least: number, most: number): Interval => {
    const start = between(begins + 5 * DAY, to - most);
    return { from: start, to: start + between(least, most) };
  };
  // Hosts that begin late have less time for what lasts long.
  const spells = (share: number, least: number, most: number) =>
    happens(share) && to - begins > most + 10 * DAY ? [spell(least, most)] : [];
  const moments = (share: number) => (happens(share) ? [between(begins + 5 * DAY, to - 20 * DAY)] : []);
  return {
    name,
    begins,
    lifetimeDays: happens(SHARES.short) ? LIFETIMES.short : LIFETIMES.usual,
    keyKind: happens(OTHER_KEYS.ed25519) ? 'ed25519' : happens(OTHER_KEYS.p384) ? 'p384' : 'p256',
    away: [...spells(SHARES.away, 7 * DAY, 60 * DAY), ...spells(SHARES.away, 2 * HOUR, 3 * DAY)],
    forgets: spells(SHARES.forgets, 7 * DAY, 45 * DAY),
    reimaged: moments(SHARES.reimaged),
    revoked: moments(SHARES.revoked),
    ends: moments(SHARES.ends)[0],
    random,
  };
}
