import { withoutUndefined } from '../domain/without-undefined.ts';
import type { ErrorCode } from './codes.ts';
import { excerpt } from './excerpt.ts';

/** One violated rule of a request: where it is (JSON pointer, RFC 6901, as URI fragment) and what to do about it. */
export interface FieldError {
  /** For example `#/names/dns/0`; `#` is the whole body; `#/query/limit` and `#/headers/...` name other parts. */
  readonly pointer: string;
  /** The rule and the way out, one sentence. */
  readonly detail: string;
}

export interface AppErrorOptions {
  /** Which fields are wrong and why. */
  readonly errors?: readonly FieldError[];
  /** When to try again; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** What was caught; logged, never shown to the caller. */
  readonly cause?: unknown;
  /** What only the log may know (which of four reasons refused a token, say); never shown to the caller. */
  readonly internal?: Readonly<Record<string, string | number | boolean>>;
}

/** How much an error says, whatever the request was: responses do not grow with the number of faults. */
const LIMITS = {
  /** Entries of `errors`. */
  errors: 20,
  /** Details that {@link fieldErrors} repeats in the message. */
  sentences: 3,
  /** Characters of one detail, and of the message. */
  detail: 600,
  message: 2000,
} as const;

/**
 * The one error that the product throws on purpose. `message` is shown to the caller: it names the field, the rule
 * and the way out, and holds no secret. Anything else that is thrown becomes `internal` at the edge. However much is
 * wrong, it holds at most 20 errors of 600 characters each, and a message of 2,000.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly internal: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(
      excerpt(message, LIMITS.message),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.errors = (options.errors ?? [])
      .slice(0, LIMITS.errors)
      .map(({ pointer, detail }) => ({ pointer, detail: excerpt(detail, LIMITS.detail) }));
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.internal = options.internal ?? {};
  }
}

/** The same error with more for the log; what it says already stays. */
export function withInternal(error: AppError, internal: AppErrorOptions['internal']): AppError {
  const { code, message, errors, retryAfterSeconds, cause } = error;
  const more = { ...internal, ...error.internal };
  return new AppError(code, message, withoutUndefined({ errors, retryAfterSeconds, cause, internal: more }));
}

/** The same error about fields that lie elsewhere in the request. */
export function withPointers(error: AppError, moved: (pointer: string) => string): AppError {
  const { code, message, retryAfterSeconds, cause, internal } = error;
  const errors = error.errors.map(({ pointer, detail }) => ({ pointer: moved(pointer), detail }));
  return new AppError(code, message, withoutUndefined({ errors, retryAfterSeconds, cause, internal }));
}

/** Shorthand for an error about one field. */
export function fieldError(code: ErrorCode, pointer: string, detail: string): AppError {
  return new AppError(code, detail, { errors: [{ pointer, detail }] });
}

/** An error about all of these fields: the message has the first three details, and how many more there are. */
export function fieldErrors(code: ErrorCode, errors: readonly FieldError[]): AppError {
  const sentences = errors.slice(0, LIMITS.sentences).map(({ detail }) => excerpt(detail, LIMITS.detail));
  const rest = errors.length - sentences.length;
  const message = [...sentences, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ');
  return new AppError(code, message, { errors });
}
