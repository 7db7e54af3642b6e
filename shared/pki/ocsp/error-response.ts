import { type Der, element, sequence } from '../der/write.ts';

/** What an unsigned response may say (RFC 6960 section 4.2.1, OCSPResponseStatus). */
const STATUS = { malformedRequest: 1, internalError: 2, tryLater: 3, unauthorized: 6 } as const;

/** One of the statuses of an unsigned response. */
export type ErrorStatus = keyof typeof STATUS;

/** The response without a signature: five octets. */
export function errorResponse(status: ErrorStatus): Der {
  return sequence(element(0x0a, Uint8Array.of(STATUS[status])));
}
