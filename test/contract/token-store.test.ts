import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import { NOW, sampleReservation, sampleRoot, sampleToken } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

describe.each(STORES)('bootstrap tokens, on $name', ({ start }) => {
  describe('making, reading, revoking', () => {
    let subject: StoreSubject;
    beforeAll(async () => {
      subject = await start();
    });

    test.each([
      { name: 'one use', changes: { maxUses: 1 } },
      { name: 'a million uses', changes: { maxUses: 1_000_000 } },
      {
        name: 'all that can be bound',
        changes: {
          bind: { csrSha256: 'ab'.repeat(32), sourceCidr: [] },
          onExistingName: 'replace' as const,
          exclusiveDns: true,
        },
      },
      { name: 'an empty description', changes: { description: '' } },
    ])('a token of $name is read back as it was', async ({ changes }) => {
      const token = sampleToken(changes);
      await subject.ports.createToken(token);
      expect(await subject.ports.token(token.id)).toEqual({ token, uses: 0 });
    });

    test('an id that is taken asks to try again and leaves the first token as it was', async () => {
      const first = sampleToken({ description: 'first' });
      await subject.ports.createToken(first);
      const second = sampleToken({ id: first.id, description: 'second', maxUses: 100 });
      await expect(subject.ports.createToken(second)).rejects.toMatchObject({
        code: 'try_again',
        retryAfterSeconds: 1,
      });
      expect(await subject.ports.token(first.id)).toEqual({ token: first, uses: 0 });
    });

    test('the uses of all counters are added up', async () => {
      const token = sampleToken({ maxUses: 128 });
      await subject.ports.createToken(token);
      const slots = [0, 0, 7, 15];
      await Promise.all(
        slots.map((useSlot) => subject.ports.reserve(sampleReservation(token, { useSlot }), NOW)),
      );
      expect((await subject.ports.token(token.id))?.uses).toBe(4);
    });

    test('an unknown token reads as undefined and cannot be revoked', async () => {
      const { id } = sampleToken();
      expect(await subject.ports.token(id)).toBeUndefined();
      expect(await subject.ports.revokeToken(id, NOW)).toBe(false);
      expect(await subject.ports.token(id)).toBeUndefined();
    });

    test('revoking closes every counter; a second time changes nothing', async () => {
      const token = sampleToken({ maxUses: 128 });
      await subject.ports.createToken(token);
      expect(await subject.ports.revokeToken(token.id, NOW)).toBe(true);
      expect(await subject.ports.revokeToken(token.id, plus(NOW, 60))).toBe(true);
      expect((await subject.ports.token(token.id))?.token).toEqual({ ...token, revokedAt: NOW });
      const outcomes = await Promise.all(
        Array.from({ length: 16 }, (_, useSlot) =>
          subject.ports.reserve(sampleReservation(token, { useSlot }), NOW),
        ),
      );
      expect(new Set(outcomes)).toEqual(new Set(['token_closed']));
    });

    test('revoked in the middle of 100 enrollments: once it is revoked, nobody gets in', async () => {
      const token = sampleToken({ maxUses: 1000 });
      await subject.ports.createToken(token);
      const enrollments = Array.from({ length: 100 }, (_, index) =>
        subject.ports.reserve(sampleReservation(token, { useSlot: index % 16 }), NOW),
      );
      await subject.ports.revokeToken(token.id, NOW);
      expect(await subject.ports.reserve(sampleReservation(token), NOW)).toBe('token_closed');
      const uses = (await subject.ports.token(token.id))?.uses;
      const outcomes = await Promise.all(enrollments);
      expect(outcomes.filter((outcome) => outcome !== 'reserved' && outcome !== 'token_closed')).toEqual([]);
      expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(uses ?? -1);
      expect((await subject.ports.token(token.id))?.uses).toBe(uses);
    });
  });

  describe('listing', () => {
    let subject: StoreSubject;
    beforeEach(async () => {
      subject = await start();
      await subject.ports.reserveRoot(sampleRoot({ createdAt: plus(NOW, -60 * DAY) }));
    });

    /** Ids page by page until the end. */
    async function pages(limit: number): Promise<string[][]> {
      const found: string[][] = [];
      let cursor: string | undefined;
      do {
        const page = await subject.ports.listTokens({ limit, now: NOW, ...(cursor && { cursor }) });
        found.push(page.items.map(({ token }) => token.id));
        cursor = page.cursor;
      } while (cursor !== undefined);
      return found;
    }

    test('newest first, each exactly once, over months and years, whatever the page holds', async () => {
      await subject.ports.reserveRoot(sampleRoot({ id: 'root-0', createdAt: plus(NOW, -1100 * DAY) }));
      const days = [0, 0, 1, 1, 1, 20, 25, 40, 41, 300, 301, 700, 1090];
      const tokens = days.map((day, index) =>
        sampleToken({ createdAt: plus(NOW, -day * DAY - index), maxUses: (index % 4) * 20 + 1 }),
      );
      await Promise.all(tokens.map((token) => subject.ports.createToken(token)));
      const expected = tokens.sort((a, b) => b.createdAt - a.createdAt).map(({ id }) => id);
      for (const limit of [1, 5, 100]) {
        const found = await pages(limit);
        expect(found.flat()).toEqual(expected);
        expect(found.every((page) => page.length <= limit)).toBe(true);
      }
    });

    test('each with its uses as they are now', async () => {
      const token = sampleToken({ maxUses: 64 });
      await subject.ports.createToken(token);
      await subject.ports.reserve(sampleReservation(token, { useSlot: 3 }), NOW);
      await subject.ports.revokeToken(token.id, NOW);
      const { items } = await subject.ports.listTokens({ limit: 10, now: NOW });
      expect(items).toEqual([{ token: { ...token, revokedAt: NOW }, uses: 1 }]);
    });

    test('no tokens: an empty page, in the end without cursor', async () => {
      expect((await pages(10)).flat()).toEqual([]);
    });

    test('a foreign cursor is refused with the way out', async () => {
      await expect(subject.ports.listTokens({ limit: 1, now: NOW, cursor: 'bm9uZQ' })).rejects.toMatchObject({
        code: 'malformed_request',
        errors: [
          {
            pointer: '#/query/cursor',
            detail: expect.stringContaining('pass the cursor from the previous page unchanged'),
          },
        ],
      });
    });
  });
});
