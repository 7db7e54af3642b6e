import type { Instant } from './instant.ts';
import type { RevocationReason } from './revocation.ts';
import type { SerialNumber } from './serial-number.ts';

/**
 * What can happen to a certificate after it was reserved. Of its successor: it was reserved, it replaced another one that was
 * not confirmed, it was confirmed, or it was given up. Of its agent: it was unenrolled
 * in Fleet after the revocation, or was not, for the reason in the comment.
 */
export type CertificateEventName =
  | 'voided'
  | 'revoked'
  | 'renewed'
  | 'successorReplaced'
  | 'successorConfirmed'
  | 'successorVoided'
  | 'agentUnenrolled'
  | 'agentNotUnenrolled';

/** An entry of a certificate's history, which only grows. */
export interface CertificateEvent {
  readonly at: Instant;
  readonly event: CertificateEventName;
  /** ARN of the IAM principal; the holder of the key at an address; or `SERVICE`. */
  readonly by: string;
  readonly reason?: RevocationReason;
  /** Of events about the successor: which one. */
  readonly successor?: SerialNumber;
  /** Of `successorReplaced`: the successor before it. */
  readonly replaced?: SerialNumber;
  /** Free text. */
  readonly comment?: string;
}
