import { beforeAll, describe, expect, test } from '@jest/globals';
import type { KeyBlock, NameBlock } from '../../shared/domain/block.ts';
import { blockName, unblockName } from '../../shared/domain/name-record.ts';
import { commonName, NOW, sha256Hex } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const BY = 'arn:aws:iam::111122223333:role/revoker';

describe.each(STORES)('blocks, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  const nameBlock = (changes: Partial<NameBlock> = {}): NameBlock => ({
    profile: 'agent',
    name: commonName(),
    at: NOW,
    by: BY,
    ...changes,
  });

  async function block(one: NameBlock) {
    const record = blockName(await subject.ports.name(one.name), one.profile);
    return { record, outcome: await subject.ports.blockName(record, one) };
  }

  async function listed(limit = 100): Promise<readonly (NameBlock | KeyBlock)[]> {
    const found: (NameBlock | KeyBlock)[] = [];
    let cursor: string | undefined;
    do {
      const page = await subject.ports.listBlocks({ limit, cursor });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return found;
  }

  test('of a name are seen by enrollment and listed, until lifted', async () => {
    const one = nameBlock({ reason: 'privilegeWithdrawn', comment: 'left the company' });
    const { record, outcome } = await block(one);
    expect(outcome).toBe('blocked');
    expect((await subject.ports.name(one.name)).blocked).toEqual(['agent']);
    expect(await listed()).toContainEqual(one);
    const lifted = unblockName(record, 'agent');
    expect(await subject.ports.unblockName(lifted, one)).toBe('unblocked');
    expect(await subject.ports.name(one.name)).toEqual(lifted);
    expect(await listed()).not.toContainEqual(one);
  });

  test('of a name that moved on meanwhile change nothing', async () => {
    const one = nameBlock();
    const { record } = await block(one);
    expect(await subject.ports.blockName(record, nameBlock({ name: one.name, profile: 'proxy' }))).toBe(
      'changed',
    );
    expect(await subject.ports.unblockName(record, one)).toBe('changed');
    expect((await subject.ports.name(one.name)).blocked).toEqual(['agent']);
    expect(await listed()).toContainEqual(one);
  });

  test('of a name in another profile are another block', async () => {
    const one = nameBlock();
    await block(one);
    await block({ ...one, profile: 'fleet-server' });
    const ofName = (await listed()).filter((item) => 'name' in item && item.name === one.name);
    expect(ofName).toEqual([one, { ...one, profile: 'fleet-server' }]);
  });

  test('of a key are final: the first stays, and is returned', async () => {
    const publicKeySha256 = sha256Hex(commonName());
    const first: KeyBlock = { publicKeySha256, at: NOW, by: BY, reason: 'keyCompromise', comment: 'leaked' };
    expect(await subject.ports.blockKey(first)).toEqual(first);
    expect(await subject.ports.blockKey({ publicKeySha256, at: NOW, by: 'other' })).toEqual(first);
    expect((await listed()).filter((one) => 'publicKeySha256' in one)).toContainEqual(first);
  });

  test('are listed over pages of any size, keys first', async () => {
    for (let i = 0; i < 3; i++) {
      await block(nameBlock());
      await subject.ports.blockKey({ publicKeySha256: sha256Hex(commonName()), at: NOW, by: BY });
    }
    const all = await listed();
    expect(all.length).toBeGreaterThanOrEqual(6);
    const kinds = all.map((one) => ('name' in one ? 'name' : 'key'));
    expect(kinds).toEqual(kinds.toSorted());
    for (const limit of [1, 2, 3]) expect(await listed(limit)).toEqual(all);
  });

  test.each(['', 'AA', 'TkFNRSM', Buffer.from('KEY#x').toString('base64url')])(
    'a cursor that is not from the listing is refused: "%s"',
    async (cursor) => {
      await expect(subject.ports.listBlocks({ limit: 1, cursor })).rejects.toMatchObject({
        code: 'malformed_request',
        message: expect.stringContaining('is not a cursor from this listing'),
      });
    },
  );
});
