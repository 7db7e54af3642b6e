/** A certificate, and a peer that verifies it. */
export interface Case {
  /** For example `only DNS permitted`. */
  readonly authority: string;
  /** The profile's name, or what else was certified. */
  readonly subject: string;
  /** For example `RSA-2048`. */
  readonly key: string;
  /** What is right or wrong, for example `another name`. */
  readonly trial: string;
  readonly expected: 'accept' | 'refuse';
  readonly purpose: 'server' | 'client';
  /** What the peer expects; undefined where it expects no name. */
  readonly name: string | undefined;
  /** Seconds since 1970. */
  readonly at: number;
  /** Paths of DER files. */
  readonly root: string;
  readonly chain: readonly string[];
}
