import {
  type BootstrapToken,
  followUntil,
  useSlotCapacity,
  useSlotCount,
} from '../domain/bootstrap-token.ts';
import type { Instant } from '../domain/instant.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { fromItem, type Item, toItem } from './expression.ts';
import { tokenKey, tokenPlace, tokenTtl, useSlotKey } from './keys.ts';

/** A token as it lies in the table. */
type StoredToken = Omit<BootstrapToken, 'certificateLifetimeSeconds'> & {
  /** Seconds. */
  readonly certificateLifetime: number;
};

export function tokenItem(token: BootstrapToken): Item {
  const { certificateLifetimeSeconds: certificateLifetime, ...rest } = token;
  const stored: StoredToken = { ...rest, certificateLifetime };
  return {
    ...tokenKey(token.id),
    ...toItem({ ...stored, ...tokenPlace(token.id, token.createdAt), ttl: ttlOf(token) }),
  };
}

export function bootstrapToken(item: Item): BootstrapToken {
  const stored = fromItem<StoredToken>(item);
  return withoutUndefined({
    id: stored.id,
    secretSha256: stored.secretSha256,
    profile: stored.profile,
    names: stored.names,
    certificateLifetimeSeconds: stored.certificateLifetime,
    maxUses: stored.maxUses,
    expiresAt: stored.expiresAt,
    onExistingName: stored.onExistingName,
    exclusiveDns: stored.exclusiveDns,
    bind: stored.bind,
    description: stored.description,
    createdAt: stored.createdAt,
    createdBy: stored.createdBy,
    revokedAt: stored.revokedAt,
  });
}

/** A use counter as it lies in the table. */
export interface UseSlot {
  readonly used: number;
  readonly capacity: number;
  /** The token's; repeated here so that reserving needs no look at the token itself. */
  readonly expiresAt: Instant;
  /** When the token was revoked. */
  readonly closedAt?: Instant;
}

export function useSlots(token: Pick<BootstrapToken, 'maxUses'>): readonly number[] {
  return Array.from({ length: useSlotCount(token.maxUses) }, (_, slot) => slot);
}

export function useSlotItem(token: BootstrapToken, slot: number): Item {
  const counter: UseSlot = {
    used: 0,
    capacity: useSlotCapacity(token.maxUses, slot),
    expiresAt: token.expiresAt,
  };
  return { ...useSlotKey(token.id, slot), ...toItem({ ...counter, ttl: ttlOf(token) }) };
}

export function useSlotOf(item: Item): UseSlot {
  return fromItem<UseSlot>(item);
}

function ttlOf(token: BootstrapToken): Instant {
  return tokenTtl(followUntil(token));
}
