import type { Issuer, IssuerChange } from '../../shared/domain/authority.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { draftedIssuer } from '../../shared/issuance/issuers.ts';
import type { AuthorityStore } from '../../shared/issuance/ports.ts';
import type { ExternalIssuerStore } from '../../shared/rotation/ports.ts';
import type { Tables } from './tables.ts';

/** Roots and issuers in memory. */
export function fakeAuthority(tables: Tables): AuthorityStore {
  const { roots, issuers, ocsp } = tables;
  const inOrder = <Item extends { readonly id: string }>(items: Map<string, Item>) =>
    [...items.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

  return {
    readAuthority: async () => ({
      roots: inOrder(roots),
      issuers: inOrder(issuers),
      additionalRoots: tables.additionalRoots,
    }),
    reserveRoot: async (root) => {
      if (!roots.has(root.id)) roots.set(root.id, root);
      return roots.get(root.id) ?? root;
    },
    commitRoot: async (id, certificate) =>
      update(roots, id, (root) =>
        root.state === 'RESERVED' ? { ...root, state: 'ISSUED', certificate } : root,
      ),
    reserveIssuer: async (issuer) => {
      if (!issuers.has(issuer.id)) issuers.set(issuer.id, issuer);
      return issuers.get(issuer.id) ?? issuer;
    },
    commitIssuer: async (id, certificate, change) =>
      update(issuers, id, (issuer) =>
        issuer.state === 'PENDING' ? { ...draftedIssuer(changed(issuer, change)), certificate } : issuer,
      ),
    changeIssuers: async (transitions, unchanged = []) => {
      const expected = [...transitions.map(({ id, from }) => ({ id, state: from })), ...unchanged];
      if (expected.some(({ id, state }) => issuers.get(id)?.state !== state)) return 'refused';
      if (transitions.some(({ id, set }) => isLater(set?.revokeAt, issuers.get(id)?.revokeAt)))
        return 'refused';
      for (const { id, change, set } of transitions)
        update(issuers, id, (issuer) => ({ ...changed(issuer, change), ...set }));
      return 'changed';
    },
    revokeIssuer: async ({ id, serialNumber }, revocation) => {
      const issuer = issuers.get(id);
      if (issuer?.state !== 'COMPROMISED' || issuer.revocation !== undefined) return false;
      issuers.set(id, { ...issuer, revocation });
      ocsp.delete(serialNumber as SerialNumber);
      return true;
    },
    replaceAdditionalRoots: async (next, changes) => {
      if (next.version !== tables.additionalRoots.version + 1) return 'changed';
      tables.additionalRoots = next;
      tables.eventLog.changes.push(...changes);
      return 'replaced';
    },
  };
}

/** Issuers below an external root in memory. */
export function fakeExternalIssuers({ issuers }: Pick<Tables, 'issuers'>): ExternalIssuerStore {
  return {
    commitRequest: async (id, csr) =>
      update(issuers, id, (issuer) =>
        issuer.state === 'PENDING' && issuer.request !== undefined && issuer.request.csr === undefined
          ? { ...issuer, request: { ...issuer.request, csr } }
          : issuer,
      ),
    installCertificate: async ({ id, state, tbsSha256 }, installed, change) => {
      const issuer = issuers.get(id);
      if (issuer?.request === undefined || issuer.state !== state || issuer.tbsSha256 !== tbsSha256)
        return 'refused';
      issuers.set(id, { ...changed(issuer, change), ...installed, request: issuer.request });
      return 'installed';
    },
  };
}

/** Puts what `next` makes of the item, which must be there. */
function update<Item>(items: Map<string, Item>, id: string, next: (item: Item) => Item): Item {
  const item = items.get(id);
  if (item === undefined) throw new AppError('internal', `${id} is not recorded; reserve it first`);
  const changed = next(item);
  items.set(id, changed);
  return changed;
}

function changed(issuer: Issuer, change: IssuerChange): Issuer {
  return { ...issuer, state: change.to, changes: [...(issuer.changes ?? []), change] };
}

function isLater(wanted: Instant | undefined, recorded: Instant | undefined): boolean {
  return wanted !== undefined && recorded !== undefined && recorded <= wanted;
}
