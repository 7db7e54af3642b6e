import * as z from 'zod/mini';
import type { TrustAnchors } from '../../shared/domain/additional-root.ts';
import type { Ceremony } from '../../shared/domain/ceremony.ts';
import { ceremonyView, renderCeremony } from '../../shared/http/contract/ceremony.ts';
import {
  additionalRootView,
  renderAdditionalRoot,
  renderRoot,
  rootView,
} from '../../shared/http/contract/root.ts';
import { toPem } from '../../shared/pki/pem.ts';

/** The answer to `GET /v1/roots`. */
export const listRootsAnswer = z.object({
  roots: z.array(rootView),
  additionalRoots: z.array(additionalRootView),
  ceremonies: z.array(ceremonyView).check(z.describe('The last 100 uses of roots; ids as in CloudTrail.')),
});

/** All roots, in the order of the trust bundle, and what their keys were used for. */
export function renderRoots(
  { roots, additionalRoots }: TrustAnchors,
  ceremonies: readonly Ceremony[],
): z.infer<typeof listRootsAnswer> {
  return {
    roots: roots.map((root) => renderRoot(root, pem)),
    additionalRoots: additionalRoots.roots.map((root) => renderAdditionalRoot(root, pem(root.certificate))),
    ceremonies: ceremonies.map(renderCeremony),
  };
}

function pem(certificate: Uint8Array): string {
  return toPem('CERTIFICATE', certificate);
}
