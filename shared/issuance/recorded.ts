import type { Root } from '../domain/authority.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import { AppError } from '../errors/app-error.ts';

/**
 * The one with this id; undefined where there is none at all yet. Once there is another, the root signs nothing more here:
 * who may only run the function must not get a CA certificate for a key and an id of their choice.
 */
export function recorded<Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
): Item | undefined {
  const found = items.find((item) => item.id === id);
  if (found === undefined && items.length > 0)
    throw new AppError(
      'internal',
      `${id} is not recorded, but ${items.map((item) => item.id).join(', ')} is. An authority is created only once: append to the setting issuers, and never remove or reorder its entries`,
    );
  return found;
}

/** Half of a fleet would else hold identities that the verifiers of the other half do not know. */
export function checkTrustDomain(root: Root, trustDomain: TrustDomain): void {
  if (root.trustDomain === trustDomain) return;
  throw new AppError(
    'internal',
    `the trust domain of this authority is "${root.trustDomain}" and is part of every identity, so it cannot be changed to "${trustDomain}": set trustDomain to "${root.trustDomain}", or create another authority for the new trust domain`,
  );
}
