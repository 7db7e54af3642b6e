import * as z from 'zod/mini';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import { fieldError, fieldErrors } from '../../shared/errors/app-error.ts';
import { serialNumber } from '../../shared/http/contract/certificate-path.ts';
import { TOKEN_CURSOR } from '../../shared/http/contract/formats.ts';
import { comment, reason } from '../../shared/http/contract/revocation.ts';
import { text } from '../../shared/http/schema.ts';

const why = { reason: z._default(reason, 'unspecified'), comment };

/** The body of `POST /v1/certificates/{serial}/revoke` and `POST /v1/names/{profile}/{name}/revoke`. */
export const revokeBody = z.strictObject({ ...why, block: z._default(z.boolean(), false) });

/** The body of `POST /v1/certificates/revoke`. */
export const revokeManyBody = z.strictObject({
  serialNumbers: z.array(serialNumber).check(z.minLength(1), z.maxLength(100), z.meta({ uniqueItems: true })),
  confirm: z.int().check(z.gte(1), z.lte(100)),
  ...why,
});

/** The body of `POST /v1/tokens/{id}/revoke`. */
export const revokeTokenBody = z.strictObject({
  certificates: z.literal(true),
  cursor: z.optional(text(parseCursor, TOKEN_CURSOR)),
  ...why,
});

function parseCursor(cursor: string): string | undefined {
  return TOKEN_CURSOR.pattern?.test(cursor) ? cursor : undefined;
}

/**
 * What was typed or computed wrongly must not revoke anything: each certificate once, and their number as a check.
 *
 * @throws AppError `malformed_request` naming each that is there twice, `not_confirmed`.
 */
export function requireConfirmed({
  serialNumbers,
  confirm,
}: {
  readonly serialNumbers: readonly SerialNumber[];
  readonly confirm: number;
}): void {
  const repeated = serialNumbers.flatMap((serial, index) => {
    const first = serialNumbers.indexOf(serial);
    const detail = `serialNumbers[${index}] is the same certificate as serialNumbers[${first}]. Name each certificate once.`;
    return first === index ? [] : [{ pointer: `#/serialNumbers/${index}`, detail }];
  });
  if (repeated.length > 0) throw fieldErrors('malformed_request', repeated);
  if (confirm === serialNumbers.length) return;
  const detail = `confirm is ${confirm}, but serialNumbers has ${serialNumbers.length}; nothing was revoked. Check the list, and set confirm to the number of its items.`;
  throw fieldError('not_confirmed', '#/confirm', detail);
}
