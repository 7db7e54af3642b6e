import { type AdditionalRoots, NO_ADDITIONAL_ROOTS } from '../domain/additional-root.ts';
import type { Issuer, Root } from '../domain/authority.ts';
import { DEFAULT_CRL_SHARDS } from '../domain/revocation-points.ts';
import type { Validity } from '../domain/validity.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { fromItem, type Item, toItem } from './expression.ts';
import { issuerKey, rootKey } from './keys.ts';

/** As it lies in the table; earlier versions recorded no shards. */
type StoredIssuer = Omit<Flat<Issuer>, 'crlShards'> & Partial<Pick<Issuer, 'crlShards'>>;

type Flat<Authority extends { readonly validity: Validity }> = Omit<Authority, 'validity'> & Validity;

export function rootItem({ validity, ...rest }: Root): Item {
  return { ...rootKey(rest.id), ...toItem({ ...rest, ...validity }) };
}

export function issuerItem({ validity, ...rest }: Issuer): Item {
  return { ...issuerKey(rest.id), ...toItem({ ...rest, ...validity }) };
}

export function root(item: Item): Root {
  const stored = fromItem<Flat<Root>>(item);
  const { state, trustDomain, predecessorId, cross, changes, acknowledgement, bundles, adoption } = stored;
  const life = withoutUndefined({
    predecessorId,
    cross,
    changes,
    acknowledgement,
    bundles: bundles && [...bundles],
    adoption,
  });
  return { ...common(stored), state, trustDomain, ...life };
}

export function issuer(item: Item): Issuer {
  const stored = fromItem<StoredIssuer>(item);
  const { state, rootId, revocationUrl, crlShards = DEFAULT_CRL_SHARDS } = stored;
  const { changes, drainedAt, compromisedAt, revokeAt, revocation } = stored;
  const life = { changes, drainedAt, compromisedAt, revokeAt, revocation };
  return withoutUndefined({ ...common(stored), state, rootId, revocationUrl, crlShards, ...life });
}

/** None where there is no such item. */
export function additionalRoots(item: Item | undefined): AdditionalRoots {
  if (item === undefined) return NO_ADDITIONAL_ROOTS;
  const { version, roots } = fromItem<AdditionalRoots>(item);
  return { version, roots };
}

function common(stored: Flat<Root> | StoredIssuer) {
  return withoutUndefined({
    id: stored.id,
    keyArn: stored.keyArn,
    keySpec: stored.keySpec,
    serialNumber: stored.serialNumber,
    validity: { notBefore: stored.notBefore, notAfter: stored.notAfter },
    tbsSha256: stored.tbsSha256,
    createdAt: stored.createdAt,
    certificate: stored.certificate,
  });
}
