import * as z from 'zod/mini';
import type { Issuer } from '../../shared/domain/authority.ts';
import { issuerView, renderIssuer } from '../../shared/http/contract/issuer.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { type CompromiseEffect, describeCompromise } from '../../shared/rotation/compromise-effect.ts';

const changed = z
  .array(z.string())
  .check(
    z.describe('Ids of the issuers whose state this request changed; none where it had been done before.'),
  );

/** The answer to `POST /v1/issuers/{id}/{activate,drain,retire}`. */
export const changeIssuerAnswer = z
  .intersection(issuerView, z.object({ changed }))
  .check(z.meta({ id: 'ChangedIssuer' }));

/** The answer to `POST /v1/issuers/{id}/compromise`. */
export const compromiseIssuerAnswer = z.intersection(
  changeIssuerAnswer,
  z.object({
    effect: z
      .object({
        issuance: z.string(),
        renewal: z.string(),
        revocation: z.string(),
        verifiers: z.string(),
      } satisfies Record<keyof CompromiseEffect, z.ZodMiniType>)
      .check(z.describe('What takes effect where and when, and what does not.')),
  }),
);

/** What became of the request: the issuer as it is then, and all issuers. */
export interface Outcome {
  readonly issuer: Issuer;
  readonly issuers: readonly Issuer[];
  readonly changed: readonly string[];
}

export function renderChange(outcome: Outcome): z.infer<typeof changeIssuerAnswer> {
  const view = renderIssuer(outcome.issuer, toPem);
  return { ...view, changed: [...outcome.changed] };
}

export function renderCompromise(outcome: Outcome): z.infer<typeof compromiseIssuerAnswer> {
  return { ...renderChange(outcome), effect: describeCompromise(outcome.issuer, outcome.issuers) };
}
