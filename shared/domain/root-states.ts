import type { Root, RootState } from './authority.ts';

/** A root with its certificate. */
type Certified = Root & { readonly certificate: Uint8Array };

const TRUSTED_STATES: readonly RootState[] = ['TRUSTED', 'ACTIVE', 'DRAINING'];

/** The first root is in use once it is issued; those that follow it are activated. */
const isFirstInUse = ({ state, predecessorId }: Root) => state === 'ISSUED' && predecessorId === undefined;

/** Whether it is in the trust bundle. */
export function isTrusted(root: Root): root is Certified {
  return root.certificate !== undefined && (TRUSTED_STATES.includes(root.state) || isFirstInUse(root));
}

/** Whether it certifies new issuers. */
export function isActive(root: Root): root is Certified {
  return root.certificate !== undefined && (root.state === 'ACTIVE' || isFirstInUse(root));
}

/** The state as everybody is shown it: the first root is in use once it is issued, the others are waiting. */
export function shownState(root: Root): Exclude<RootState, 'ISSUED'> {
  if (root.state === 'ISSUED') return isActive(root) ? 'ACTIVE' : 'RESERVED';
  return root.state;
}

/**
 * What a chain below a root carries besides its issuer (DER): the root's cross-certificate, while the root that signed it
 * is trusted. Verifiers that know only that one need it; the others ignore it.
 */
export function crossCertificates(roots: readonly Root[], rootId: string): readonly Uint8Array[] {
  const cross = roots.find(({ id }) => id === rootId)?.cross;
  const signer = roots.find(({ id }) => id === cross?.rootId);
  return cross?.certificate !== undefined && signer !== undefined && isTrusted(signer)
    ? [cross.certificate]
    : [];
}
