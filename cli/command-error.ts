import type { Problem } from './api/problem.ts';
import type { Exit } from './exit-codes.ts';

/** Why a command ends without having done its work. The message names what is wrong, the rule and the way out. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit: Exit;
  /** What the service said, where it is the service that refused. */
  readonly problem: Problem | undefined;

  constructor(
    exit: Exit,
    message: string,
    options: { readonly problem?: Problem; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exit = exit;
    this.problem = options.problem;
  }
}
