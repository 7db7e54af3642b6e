import * as z from 'zod/mini';
import { issuerView, renderIssuer } from '../../shared/http/contract/issuer.ts';
import { toPem } from '../../shared/pki/pem.ts';
import type { InstalledIssuer } from '../../shared/rotation/install-issuer.ts';

/** The answer to `PUT /v1/issuers/{id}/certificate`. */
export const installIssuerAnswer = z.intersection(
  issuerView,
  z.object({
    warnings: z
      .array(z.string())
      .check(z.describe('What you should know of the certificate; it is installed all the same.')),
  }),
);

export function renderInstalled({ issuer, warnings }: InstalledIssuer): z.infer<typeof installIssuerAnswer> {
  return { ...renderIssuer(issuer, toPem), warnings: [...warnings] };
}
