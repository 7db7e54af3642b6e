import type { Issuer, Root } from '../domain/authority.ts';
import type { Validity } from '../domain/validity.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { fromItem, type Item, toItem } from './expression.ts';
import { issuerKey, rootKey } from './keys.ts';

type Flat<Authority extends { readonly validity: Validity }> = Omit<Authority, 'validity'> & Validity;

export function rootItem({ validity, ...rest }: Root): Item {
  return { ...rootKey(rest.id), ...toItem({ ...rest, ...validity }) };
}

export function issuerItem({ validity, ...rest }: Issuer): Item {
  return { ...issuerKey(rest.id), ...toItem({ ...rest, ...validity }) };
}

export function root(item: Item): Root {
  const stored = fromItem<Flat<Root>>(item);
  return { ...common(stored), state: stored.state, trustDomain: stored.trustDomain };
}

export function issuer(item: Item): Issuer {
  const stored = fromItem<Flat<Issuer>>(item);
  return { ...common(stored), state: stored.state, rootId: stored.rootId };
}

function common(stored: Flat<Root> | Flat<Issuer>) {
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
