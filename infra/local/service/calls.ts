/** One call of an AWS service by a function, as the boundary saw it. */
export interface Call {
  readonly service: 'kms' | 'dynamodb';
  /** Without the service's prefix: `TransactWriteItems`. */
  readonly action: string;
  /** Name of the function; undefined for callers that are none (tests, the operator). */
  readonly function: string | undefined;
  /** Name of the caller's role. */
  readonly role: string | undefined;
  /** Id of the API request that caused the call (of the invocation, where no request did). */
  readonly requestId: string | undefined;
  /** ARNs, one for each item touched. */
  readonly resources: readonly string[];
  readonly decision: 'allowed' | 'denied';
  /** `ok`, the code of the error that the caller got, or what a fault did instead. */
  readonly outcome: string;
}

/** Calls that are kept: a local cloud that stays must not fill the memory. */
const KEPT = 100_000;

/** The last 100,000 calls since the last reset, in the order of their ends. */
export interface CallLog {
  all(): readonly Call[];
  reset(): void;
}

export function createCallLog(): CallLog & { add(call: Call): void } {
  let calls: Call[] = [];
  return {
    all: () => [...calls],
    reset: () => {
      calls = [];
    },
    add(call) {
      calls.push(call);
      if (calls.length > KEPT) calls = calls.slice(KEPT / 2);
    },
  };
}
