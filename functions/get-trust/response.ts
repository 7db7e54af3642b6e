import * as z from 'zod/mini';
import { ISSUER_STATES, type Issuer, type Root } from '../../shared/domain/authority.ts';
import { toRfc3339 } from '../../shared/domain/instant.ts';
import { crossCertificates, isTrusted } from '../../shared/domain/root-states.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { time } from '../../shared/http/contract/words.ts';
import type { TrustBundle } from '../../shared/issuance/trust-bundle.ts';
import { toPem } from '../../shared/pki/pem.ts';

const caView = z.object({
  id: z.string(),
  notBefore: time,
  notAfter: time,
  certificate: z.string().check(z.describe('PEM.')),
});

/** The answer to `GET /v1/trust`. */
export const trustAnswer = z.object({
  roots: z.array(
    z.extend(caView, {
      crossCertificates: z
        .optional(z.array(z.string()))
        .check(
          z.describe(
            'PEM of its certificates by trusted roots before it: a host that has one of those can take it over.',
          ),
        ),
    }),
  ),
  issuers: z.array(
    z.extend(caView, {
      state: z.enum(ISSUER_STATES),
      chain: z.optional(
        z
          .array(z.string())
          .check(z.describe('PEM of the CAs between it and an external root, from its own CA upwards.')),
      ),
    }),
  ),
  bundle: z.string().check(z.describe('PEM of all roots that verifiers trust, including additional ones.')),
  sha256: z.string().check(z.describe('Hex SHA-256 of the bundle.')),
});

/** Roots and issuers that have their certificate, and the bundle. */
export function renderTrust(
  { roots, issuers }: { readonly roots: readonly Root[]; readonly issuers: readonly Issuer[] },
  { pem, sha256 }: TrustBundle,
): z.infer<typeof trustAnswer> {
  return {
    roots: roots.filter(isTrusted).flatMap((root) => {
      const cross = crossCertificates(roots, root.id).map((certificate) => toPem('CERTIFICATE', certificate));
      return certified(root).map((view) =>
        cross.length === 0 ? view : { ...view, crossCertificates: cross },
      );
    }),
    issuers: issuers.flatMap(({ state, chain, ...ca }) => {
      const more = withoutUndefined({ state, chain: chain?.map((above) => toPem('CERTIFICATE', above)) });
      return certified(ca).map((view) => ({ ...view, ...more }));
    }),
    bundle: pem,
    sha256,
  };
}

function certified({
  id,
  validity,
  certificate,
}: Pick<Root | Issuer, 'id' | 'validity' | 'certificate'>): readonly z.infer<typeof caView>[] {
  if (certificate === undefined || validity === undefined) return [];
  return [
    {
      id,
      notBefore: toRfc3339(validity.notBefore),
      notAfter: toRfc3339(validity.notAfter),
      certificate: toPem('CERTIFICATE', certificate),
    },
  ];
}
