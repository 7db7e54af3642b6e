import * as z from 'zod/mini';
import type { TrustAnchors } from '../../shared/domain/additional-root.ts';
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
});

/** All roots, in the order of the trust bundle. */
export function renderRoots({ roots, additionalRoots }: TrustAnchors): z.infer<typeof listRootsAnswer> {
  return {
    roots: roots.map((root) => renderRoot(root, pem)),
    additionalRoots: additionalRoots.roots.map((root) => renderAdditionalRoot(root, pem(root.certificate))),
  };
}

function pem(certificate: Uint8Array): string {
  return toPem('CERTIFICATE', certificate);
}
