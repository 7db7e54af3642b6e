import type { LibraryVersion } from './library.ts';

/** What becomes of a handshake: it is `accepted`, or refused in these words, of the client or the server. */
export type Expected = 'accepted' | RegExp;

/** By version of the library. */
export type Verdicts = Readonly<Record<LibraryVersion, Expected>>;

export function everywhere(expected: Expected): Verdicts {
  return { current: expected, before043: expected };
}
