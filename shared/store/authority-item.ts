import { TABLE_KEY } from '../config/table.ts';
import { type AdditionalRoots, NO_ADDITIONAL_ROOTS } from '../domain/additional-root.ts';
import type { Issuer, Root } from '../domain/authority.ts';
import { DEFAULT_CRL_SHARDS } from '../domain/revocation-points.ts';
import type { Validity } from '../domain/validity.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { fromItem, type Item, toItem } from './expression.ts';
import { issuerKey, rootKey } from './keys.ts';

/** As it lies in the table: the validity in two attributes; earlier versions recorded neither shards nor a kind. */
type Stored<Ca extends Root | Issuer> = Omit<Ca, 'validity' | 'crlShards' | 'kind'> &
  Partial<Validity & Pick<Issuer, 'crlShards'> & Pick<Root, 'kind'>>;

export function rootItem({ validity, ...rest }: Root): Item {
  return { ...rootKey(rest.id), ...toItem({ ...rest, ...validity }) };
}

export function issuerItem({ validity, ...rest }: Issuer): Item {
  return { ...issuerKey(rest.id), ...toItem({ ...rest, ...validity }) };
}

export function root(item: Item): Root {
  const { kind = 'kms', bundles, ...stored } = read<Stored<Root>>(item);
  return { ...stored, ...withoutUndefined({ bundles: bundles && [...bundles] }), kind } as Root;
}

export function issuer(item: Item): Issuer {
  const { crlShards = DEFAULT_CRL_SHARDS, ...stored } = read<Stored<Issuer>>(item);
  return { ...stored, crlShards } as Issuer;
}

/** None where there is no such item. */
export function additionalRoots(item: Item | undefined): AdditionalRoots {
  if (item === undefined) return NO_ADDITIONAL_ROOTS;
  const { version, roots } = fromItem<AdditionalRoots>(item);
  return { version, roots };
}

/** Without the item's key. */
function read<Shape extends object>(item: Item) {
  const { [TABLE_KEY.partition]: _pk, [TABLE_KEY.sort]: _sk, ...rest } = item;
  const { notBefore, notAfter, ...stored } = fromItem<Shape & Partial<Validity>>(rest);
  const validity = notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter };
  return { ...stored, ...withoutUndefined({ validity }) };
}
