import type { ServiceName } from './aws-service.ts';
import type { Journal } from './journal.ts';

/** One call of an AWS service, as the gate saw it. */
export interface Call {
  /** In the header `x-amzn-requestid` of the answer. */
  readonly id: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly began: number;
  /** When it ended, likewise. */
  readonly at: number;
  /** ARN of the caller; empty for an unknown one. */
  readonly principal: string;
  readonly service: ServiceName;
  /** Without the service's prefix: `TransactWriteItems`. */
  readonly action: string;
  /** Name of the calling function; undefined for other callers (tests, the operator). */
  readonly function: string | undefined;
  /** Name of the caller's role. */
  readonly role: string | undefined;
  /** Id of the API request that caused the call, or of the invocation if no request did. */
  readonly requestId: string | undefined;
  /** ARNs, one for each item touched. */
  readonly resources: readonly string[];
  readonly decision: 'allowed' | 'denied';
  /** `ok`, the code of the error that the caller got, or what a fault did instead. */
  readonly outcome: string;
}

/** The last 100,000 calls since the last reset, in the order in which they ended. */
export type CallLog = Pick<Journal<Call>, 'all' | 'reset'>;
