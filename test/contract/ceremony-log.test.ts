import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Ceremony } from '../../shared/domain/ceremony.ts';
import { plus } from '../../shared/domain/instant.ts';
import { SERVICE } from '../../shared/domain/revocation.ts';
import { NOW } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const ceremony = (changes: Partial<Ceremony> = {}): Ceremony => ({
  rootId: 'root-1',
  keyArn: 'arn:root',
  at: NOW,
  digest: 'ab'.repeat(32),
  purpose: 'certificate of issuer-1',
  by: SERVICE,
  ...changes,
});

describe.each(STORES)('the uses of roots, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeEach(async () => {
    subject = await start();
  });

  test('are recorded when they begin, and get their end', async () => {
    await subject.ports.begin(ceremony());
    expect(await subject.ports.lastCeremonies(10)).toEqual([ceremony()]);
    await subject.ports.end(ceremony(), 'signed', ['one', 'two']);
    expect(await subject.ports.lastCeremonies(10)).toEqual([
      ceremony({ outcome: 'signed', kmsRequestIds: ['one', 'two'] }),
    ]);
  });

  test('that begin twice in a second for the same bytes are one record with the requests of both', async () => {
    await subject.ports.begin(ceremony());
    await subject.ports.begin(ceremony({ by: 'someone else' }));
    await subject.ports.end(ceremony(), 'failed', ['one']);
    await subject.ports.end(ceremony(), 'signed', ['two']);
    expect(await subject.ports.lastCeremonies(10)).toEqual([
      ceremony({ outcome: 'signed', kmsRequestIds: ['one', 'two'] }),
    ]);
  });

  test('that read the public keys of two roots in a second are two records', async () => {
    const read = ceremony({ digest: '', purpose: 'public key of root-2', keyArn: 'arn:root-2' });
    const other = ceremony({ digest: '', purpose: 'public key of root-3', keyArn: 'arn:root-3' });
    for (const one of [read, other]) await subject.ports.begin(one);
    await subject.ports.end(read, 'read', []);
    const uses = await subject.ports.lastCeremonies(10);
    expect(uses).toHaveLength(2);
    expect(uses).toContainEqual({ ...read, outcome: 'read', kmsRequestIds: [] });
    expect(uses).toContainEqual(other);
  });

  test('are listed from the last one, as many as asked for', async () => {
    const later = ceremony({ at: plus(NOW, 1), digest: 'cd'.repeat(32) });
    const last = ceremony({ at: plus(NOW, 2) });
    for (const one of [later, ceremony(), last]) await subject.ports.begin(one);
    expect(await subject.ports.lastCeremonies(2)).toEqual([last, later]);
  });

  test('an end without a beginning records nothing', async () => {
    await subject.ports.end(ceremony(), 'signed', ['one']);
    expect(await subject.ports.lastCeremonies(10)).toEqual([]);
  });
});
