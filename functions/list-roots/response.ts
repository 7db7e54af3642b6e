import * as z from 'zod/mini';
import type { TrustAnchors } from '../../shared/domain/additional-root.ts';
import type { Root } from '../../shared/domain/authority.ts';
import { toRfc3339 } from '../../shared/domain/instant.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { additionalRootView, renderAdditionalRoot } from '../../shared/http/contract/root.ts';
import { time } from '../../shared/http/contract/words.ts';
import { toPem } from '../../shared/pki/pem.ts';

const rootView = z
  .object({
    id: z.string(),
    state: z.enum(['RESERVED', 'ISSUED']).check(z.describe('RESERVED until its certificate is signed.')),
    notBefore: time,
    notAfter: time,
    certificate: z.optional(z.string().check(z.describe('PEM.'))),
  })
  .check(z.meta({ id: 'Root' }));

/** The answer to `GET /v1/roots`. */
export const listRootsAnswer = z.object({
  roots: z.array(rootView),
  additionalRoots: z.array(additionalRootView),
});

/** All roots, in the order of the trust bundle. */
export function renderRoots({ roots, additionalRoots }: TrustAnchors): z.infer<typeof listRootsAnswer> {
  return {
    roots: roots.map(renderRoot),
    additionalRoots: additionalRoots.roots.map((root) =>
      renderAdditionalRoot(root, toPem('CERTIFICATE', root.certificate)),
    ),
  };
}

function renderRoot({ id, state, validity, certificate }: Root): z.infer<typeof rootView> {
  return withoutUndefined({
    id,
    state,
    notBefore: toRfc3339(validity.notBefore),
    notAfter: toRfc3339(validity.notAfter),
    certificate: certificate && toPem('CERTIFICATE', certificate),
  });
}
