import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { listedEntries } from '../../../shared/pki/crl/listed-entries.ts';
import { FULL, Publisher, shardOf } from './publisher.ts';

let publisher: Publisher;
beforeEach(async () => {
  publisher = await Publisher.create();
});

/** The reason of each list that could not be published, by path. */
function refusals(failed: readonly { readonly path: string; readonly error: unknown }[]) {
  return Object.fromEntries(
    failed.map(({ path, error }) => [path, error instanceof AppError ? error.message : error]),
  );
}

describe('a ledger that lacks what the published lists have', () => {
  test('changes no list that would lose an entry, and says so', async () => {
    const [lost, other] = [publisher.revoke(3), publisher.revoke(4)];
    await publisher.all();
    const before = publisher.list(shardOf(3));
    publisher.world.store.tables.revoked.delete(lost);
    publisher.world.now = plus(publisher.world.now, DAY * 2);
    const { failed } = await publisher.all();
    const words = `The records lack 1 revoked certificates of the published list, such as ${lost}: the table was restored or damaged. The published list stays. docs/recovery.md, "The records were restored", says what to do.`;
    expect(refusals(failed)).toEqual({ [shardOf(3)]: words, [FULL]: words });
    expect(publisher.list(shardOf(3))).toEqual(before);
    expect(publisher.serials(shardOf(4))).toEqual([other]);
  });

  test.each([
    { name: 'all entries', left: 0 },
    { name: 'the first and the last', left: 1 },
  ])('is seen where $name are missing, also beside new ones', async ({ left }) => {
    const serials = [publisher.revoke(3), publisher.revoke(3), publisher.revoke(3)].sort();
    await publisher.all();
    const kept = serials.slice(1, 1 + left);
    for (const serial of serials)
      if (!kept.includes(serial)) publisher.world.store.tables.revoked.delete(serial);
    publisher.revoke(3);
    const { failed } = await publisher.changed([3]);
    expect(Object.keys(refusals(failed))).toEqual([shardOf(3), FULL]);
    expect(refusals(failed)[FULL]).toContain(`lack ${3 - left} revoked certificates`);
    expect(publisher.serials(shardOf(3))).toEqual(serials);
  });

  test('publishes again once they are back', async () => {
    const lost = publisher.revoke(3);
    await publisher.all();
    const { revoked } = publisher.world.store.tables;
    const entry = revoked.get(lost);
    revoked.delete(lost);
    expect((await publisher.all()).failed).toHaveLength(2);
    if (entry !== undefined) revoked.set(lost, entry);
    const added = publisher.revoke(3);
    expect((await publisher.all()).failed).toEqual([]);
    expect(publisher.serials(shardOf(3))).toEqual([lost, added].sort());
  });
});

test('an entry that expired leaves the list all the same', async () => {
  const { now } = publisher.world;
  publisher.revoke(3, { notAfter: plus(now, DAY) });
  await publisher.all();
  publisher.world.now = plus(now, 2 * DAY);
  await publisher.all();
  publisher.world.now = plus(now, 4 * DAY);
  expect((await publisher.all()).failed).toEqual([]);
  expect(publisher.serials(shardOf(3))).toEqual([]);
});

test('the entries of a published list are read back with time and reason', async () => {
  const serial = publisher.revoke(3, { reason: 'keyCompromise' });
  const plain = publisher.revoke(3, { reason: 'unspecified' });
  await publisher.all();
  const der = publisher.objects.current(shardOf(3))?.body ?? new Uint8Array();
  const { now: revokedAt } = publisher.world;
  expect([...listedEntries(der)]).toEqual(
    [
      { serialNumber: serial, revokedAt, reason: 'keyCompromise' },
      { serialNumber: plain, revokedAt, reason: 'unspecified' },
    ].sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1)),
  );
});
