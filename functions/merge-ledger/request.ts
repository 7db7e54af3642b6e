import * as z from 'zod/mini';
import { AppError } from '../../shared/errors/app-error.ts';
import type { MergeRequest } from '../../shared/restore/merge-ledger.ts';

const request = z.strictObject({
  apply: z._default(z.boolean('must be true or false'), false),
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(4096))),
  abandoned: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
});

/**
 * What an operator sends: `{}` looks only.
 *
 * @throws AppError `malformed_request` that names each field that is wrong or unknown.
 */
export function readMergeRequest(event: unknown): MergeRequest {
  const read = request.safeParse(event);
  if (read.success) return read.data;
  throw new AppError(
    'malformed_request',
    `The payload must be like { "apply": true }: ${z.prettifyError(read.error)}`,
  );
}
