import type { Instant } from './instant.ts';

/** What a root's key is used for, and who wants it. */
export interface Purpose {
  /** For example `certificate of issuer-2`. */
  readonly purpose: string;
  /** ARN of the IAM principal, or `SERVICE`. */
  readonly by: string;
}

/** One use of a root's key. It is recorded before KMS is asked, so that no signature is without a record. */
export interface Ceremony extends Purpose {
  readonly rootId: string;
  readonly keyArn: string;
  readonly at: Instant;
  /** Hex of the digest that KMS gets; empty where only the public key is read. */
  readonly digest: string;
  /** Of all calls of KMS that sign, as CloudTrail has them; absent until KMS answered. */
  readonly kmsRequestIds?: readonly string[];
  /** Absent until the use is over: cut off, or about to end. */
  readonly outcome?: CeremonyOutcome;
}

/**
 * - `signed`
 * - `read`: the public key was read, which a key that is disabled between uses must be enabled for.
 * - `failed`
 * - `not_enabled`: KMS still took the key for disabled; it was left enabled for the next try.
 */
export type CeremonyOutcome = 'signed' | 'read' | 'failed' | 'not_enabled';
