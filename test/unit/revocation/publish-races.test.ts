import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY } from '../../../shared/domain/duration.ts';
import { FULL, Publisher, SHARDS, shardOf, skewed } from './publisher.ts';

let publisher: Publisher;
beforeEach(async () => {
  publisher = await Publisher.create();
});

/** No version of a list has a lower number than the one before, or misses one of its entries; the last has them all. */
function expectNeverBackwards(subject: Publisher): void {
  for (const path of subject.objects.versions.keys()) {
    if (!path.endsWith('.crl')) continue;
    const versions = subject.history(path);
    for (const [i, { number, entries }] of versions.entries()) {
      const before = versions[i - 1];
      if (before === undefined) continue;
      expect(number > before.number).toBe(true);
      const serials = new Set(entries.map(({ serialNumber }) => serialNumber));
      expect(before.entries.filter(({ serialNumber }) => !serials.has(serialNumber))).toEqual([]);
    }
  }
  expect(subject.serials(FULL)).toEqual([...subject.world.store.tables.revoked.keys()].sort());
}

describe('builders of one list', () => {
  test('whose clock is behind the last number add one to it', async () => {
    await publisher.all(skewed(publisher.world, 3600));
    const { number } = publisher.list(shardOf(2));
    publisher.revoke(2);
    await publisher.changed([2]);
    expect(publisher.list(shardOf(2))).toMatchObject({
      number: number + 1n,
      thisUpdate: publisher.world.now,
    });
  });

  test('that were overtaken while they signed start over, with what was revoked meanwhile', async () => {
    const first = publisher.revoke(2);
    let second: string | undefined;
    publisher.world.signer.interleave(async () => {
      second = publisher.revoke(2);
      await publisher.changed([2]);
    });
    const { failed } = await publisher.changed([2]);
    expect(failed).toEqual([]);
    expect(publisher.serials(shardOf(2))).toEqual([first, second].sort());
    expectNeverBackwards(publisher);
  });

  test('that read before a revocation do not replace a list that has it', async () => {
    await publisher.all();
    publisher.revoke(2);
    publisher.objects.interleave('replace', async () => {
      publisher.revoke(2);
      await publisher.changed([2]);
    });
    await publisher.changed([2], skewed(publisher.world, 60));
    expect(publisher.serials(shardOf(2))).toHaveLength(2);
    expectNeverBackwards(publisher);
  });

  test('10 at once, with clocks that are hours apart, lose nothing and never go backwards', async () => {
    await publisher.all();
    const clocks = [0, 7200, -7200, 60, -60, 1, -1, 3600, -3600, 0];
    const builders = clocks.map((seconds) => {
      publisher.revoke(2);
      return publisher.changed([2], skewed(publisher.world, seconds));
    });
    const reports = await Promise.all(builders);
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    expectNeverBackwards(publisher);
  });

  test('in any order, with any clock, failing at any call, keep the promise', async () => {
    const step = fc.record({
      shard: fc.nat(SHARDS - 1),
      skew: fc.integer({ min: -3 * 3600, max: 3 * 3600 }),
      revokes: fc.boolean(),
      passes: fc.integer({ min: 0, max: 8 * 3600 }),
      waits: fc.boolean(),
      all: fc.boolean(),
      fails: fc.option(
        fc.record({
          method: fc.constantFrom('describe', 'read', 'replace' as const),
          when: fc.constantFrom('before', 'after' as const),
        }),
        { nil: undefined, freq: 3 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const subject = await Publisher.create();
        const running: Promise<unknown>[] = [];
        for (const { shard, skew, revokes, passes, waits, all, fails } of steps) {
          subject.world.pass(passes);
          if (revokes) subject.revoke(shard, { notAfter: (subject.world.now + 30 * DAY) as never });
          if (fails) subject.objects.failNext(fails.method, { error: new Error('lost'), when: fails.when });
          const clock = skewed(subject.world, skew);
          const build = all ? subject.all(clock) : subject.changed([shard], clock);
          running.push(build.catch(() => undefined));
          if (waits) await Promise.all(running);
        }
        await Promise.all(running);
        subject.objects.heal();
        expect((await subject.all()).failed).toEqual([]);
        expectNeverBackwards(subject);
      }),
      { numRuns: 12 },
    );
  });
});

describe('a builder that dies', () => {
  test.each(
    (['describe', 'read', 'replace'] as const).flatMap((method) =>
      (['before', 'after'] as const).map((when) => ({ method, when })),
    ),
  )('$when $method leaves what the next one completes', async ({ method, when }) => {
    await publisher.all();
    const serial = publisher.revoke(2);
    publisher.objects.failNext(method, { error: new Error('killed'), when });
    const first = await publisher.changed([2]);
    expect(first.failed).toHaveLength(1);
    const second = await publisher.changed([2]);
    expect(second.failed).toEqual([]);
    expect([publisher.serials(shardOf(2)), publisher.serials(FULL)]).toEqual([[serial], [serial]]);
    expectNeverBackwards(publisher);
  });
});
