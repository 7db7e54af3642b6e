import { AppError } from '../../errors/app-error.ts';

/** The field of a request that holds a proof. */
export type ProofForm = 'cms' | 'jws';

/** The field can't be read as a proof. The text is never repeated in the message. */
export function malformedProof(form: ProofForm, detail: string, cause?: unknown): AppError {
  return new AppError('malformed_proof', detail, { errors: [{ pointer: `#/${form}`, detail }], cause });
}
