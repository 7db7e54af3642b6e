import type { AuthorityStore } from '../issuance/ports.ts';
import { putAdditionalRootChanges } from './authority-event-log.ts';
import { issuer, issuerItem, root, rootItem } from './authority-item.ts';
import { changeIssuers, commitIssuer, revokeIssuer } from './change-issuers.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { additionalRootsKey, rootKey } from './keys.ts';
import { advance, putNew } from './put-new.ts';
import { readAuthority } from './read-authority.ts';
import { transact } from './transact.ts';
import { versionedPut } from './versioned-put.ts';

/** Roots, issuers and additional roots in DynamoDB: one small partition. */
export function dynamoAuthorityStore(options: StoreOptions): AuthorityStore {
  const context = storeContext(options);
  return {
    readAuthority: () => readAuthority(context),
    reserveRoot: async (wanted) => root(await putNew(context, rootItem(wanted))),
    commitRoot: async (id, certificate) =>
      root(await advance(context, rootKey(id), ['RESERVED', 'ISSUED'], certificate)),
    reserveIssuer: async (wanted) => issuer(await putNew(context, issuerItem(wanted))),
    commitIssuer: (id, certificate, change) => commitIssuer(context, id, certificate, change),
    changeIssuers: (transitions, unchanged) => changeIssuers(context, transitions, unchanged),
    revokeIssuer: (issuer, revocation) => revokeIssuer(context, issuer, revocation),
    replaceAdditionalRoots: async (next, [first, ...others]) => {
      const changes =
        first === undefined
          ? []
          : [{ Put: putAdditionalRootChanges(context, next.version, [first, ...others]) }];
      const put = { Put: versionedPut(context, additionalRootsKey, next) };
      const refusal = await transact(context, [put, ...changes]);
      return refusal === undefined ? 'replaced' : 'changed';
    },
  };
}
