import { useSlotCapacity, useSlotCount } from '../../shared/domain/bootstrap-token.ts';
import { toRfc3339 } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { TokenStore } from '../../shared/issuance/ports.ts';
import { readCursor, writeCursor } from '../../shared/store/cursor.ts';
import type { Tables } from './tables.ts';

/** Bootstrap tokens in memory. */
export function fakeTokens({ tokens }: Tables): TokenStore {
  const counted = (id: string) => {
    const entry = tokens.get(id);
    return entry && { token: entry.token, uses: entry.slots.reduce((sum, slot) => sum + slot.used, 0) };
  };

  return {
    createToken: async (token) => {
      if (tokens.has(token.id))
        throw new AppError('try_again', 'the token id is taken', { retryAfterSeconds: 1 });
      const slots = Array.from({ length: useSlotCount(token.maxUses) }, (_, slot) => ({
        used: 0,
        capacity: useSlotCapacity(token.maxUses, slot),
      }));
      tokens.set(token.id, { token, slots });
    },

    token: async (id) => counted(id),

    listTokens: async ({ limit, cursor }) => {
      const place = cursor === undefined ? undefined : readCursor('tokens', cursor);
      const rest = [...tokens.values()]
        .map(({ token }) => ({ id: token.id, position: `${toRfc3339(token.createdAt)}#${token.id}` }))
        .filter(({ position }) => place === undefined || position < place.after)
        .sort((a, b) => (a.position < b.position ? 1 : -1));
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.flatMap(({ id }) => counted(id) ?? []),
        cursor:
          last && rest.length > limit
            ? writeCursor('tokens', { after: last.position, bound: last.position.slice(0, 7) })
            : undefined,
      };
    },

    revokeToken: async (id, now) => {
      const entry = tokens.get(id);
      if (!entry) return false;
      entry.token = { ...entry.token, revokedAt: entry.token.revokedAt ?? now };
      return true;
    },
  };
}
