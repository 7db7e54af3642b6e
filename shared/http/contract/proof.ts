import * as z from 'zod/mini';
import { describeFormat } from '../../schema/format.ts';

/** What the two forms of a proof state; each ends the sentence "must be ...". */
export interface ProofRules {
  readonly cms: string;
  readonly jws: string;
  /** Characters of either form. */
  readonly maxLength: number;
}

/** The fields of a body that holds a proof of possession. What a proof must be is checked by `shared/pki/proof`. */
export function proofFields({ cms, jws, maxLength }: ProofRules) {
  const schema = { minLength: 1, maxLength };
  return {
    cms: z.optional(
      z.string().check(describeFormat({ rule: cms, pattern: /^[A-Za-z0-9+/= \t\r\n]+$/, schema })),
    ),
    jws: z.optional(
      z
        .string()
        .check(
          describeFormat({ rule: jws, pattern: /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, schema }),
        ),
    ),
  };
}

interface ProofFields {
  readonly cms?: string | undefined;
  readonly jws?: string | undefined;
}

/** A body has exactly one of the two. */
export const ONE_PROOF = [
  z.refine<ProofFields>((body) => (body.cms === undefined) !== (body.jws === undefined), {
    error: 'must have either cms or jws',
  }),
  z.meta({ oneOf: [{ required: ['cms'] }, { required: ['jws'] }] }),
] as const;

/** The one that is there. */
export function sentProof({ cms, jws }: ProofFields): { readonly cms: string } | { readonly jws: string } {
  return cms === undefined ? { jws: jws ?? '' } : { cms };
}
