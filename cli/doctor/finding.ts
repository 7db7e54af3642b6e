/** What a check found. */
export interface Finding {
  /** The check, in a word or two: `key mode`. */
  readonly check: string;
  /** `skipped`: it could not be looked at, and the message says why. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What is so. */
  readonly message: string;
  /** What to do about it; of warnings and failures. */
  readonly wayOut?: string;
}

export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message };
}

/** It works now, and may not later or elsewhere. */
export function warning(check: string, message: string, wayOut: string): Finding {
  return { check, status: 'warning', message, wayOut };
}

/** It does not work, or a secret is open. */
export function failed(check: string, message: string, wayOut: string): Finding {
  return { check, status: 'failed', message, wayOut };
}

export function skipped(check: string, message: string): Finding {
  return { check, status: 'skipped', message };
}
