import { AppError, fieldError, fieldErrors } from '../../errors/app-error.ts';

const POINTER = '#/csr';

/** The text cannot be read as a certification request. */
export function malformedCsr(detail: string, cause?: unknown): AppError {
  return new AppError('malformed_csr', detail, { errors: [{ pointer: POINTER, detail }], cause });
}

/** The request was understood and asks for, or contains, what is not allowed. */
export function csrRefused(...details: readonly [string, ...string[]]): AppError {
  return fieldErrors(
    'csr_refused',
    details.map((detail) => ({ pointer: POINTER, detail })),
  );
}

/** The key in the request is of a kind, or so weak, that no certificate is given for it. */
export function keyRefused(detail: string): AppError {
  return fieldError('key_refused', POINTER, detail);
}
