/**
 * How a step on the ledger ended: with its result, or in a conflict, since somebody else changed what it was decided on.
 * A conflict leaves nothing of the step behind: read again, decide again.
 */
export type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'conflict' };

export const CONFLICT = { kind: 'conflict' } as const;

export function done<Result>(result: Result): Outcome<Result> {
  return { kind: 'done', result };
}
