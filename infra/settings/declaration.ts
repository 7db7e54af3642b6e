import type { Declaration, DeclaredRoot } from '../../shared/domain/declaration.ts';
import { describeCertificate, readOneCertificate } from '../../shared/pki/trust-anchor.ts';
import type { Settings } from './settings.ts';

/** Id of the first root; the setting `successorRoots` declares others. */
export const ROOT_ID = 'root-1';

/** The part of the settings that a deployment compares with those before it. */
export function declarationOf(settings: Settings): Omit<Declaration, 'nameConstraints'> {
  const { authority, trustDomain, root, successorRoots, issuers } = settings;
  return {
    authority,
    trustDomain,
    roots: [declaredRoot(ROOT_ID, root), ...successorRoots.map((one) => declaredRoot(one.id, one))],
    issuers: issuers.map(({ id, keySpec }) => ({ id, keySpec })),
  };
}

function declaredRoot(id: string, root: Settings['root']): DeclaredRoot {
  if (root.kind === 'kms') return { id, kind: 'kms', keySpec: root.keySpec };
  const certificate = readOneCertificate(root.certificate);
  if (typeof certificate === 'string') throw new Error(`${id}: ${certificate}`);
  return { id, kind: 'external', certificateSha256: describeCertificate(certificate).sha256 };
}
