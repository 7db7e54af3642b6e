import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AdditionalRootChange } from '../../shared/domain/additional-root.ts';
import { NOW, sampleAdditionalRoot } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const { sha256, subject: dn, ...root } = sampleAdditionalRoot();
const ADDED: AdditionalRootChange = { action: 'added', sha256, subject: dn, at: NOW, by: 'arn:admin' };
const REMOVED: AdditionalRootChange = { ...ADDED, action: 'removed' };

describe.each(STORES)('what events about the authority are made of, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeEach(async () => {
    subject = await start();
  });

  test('is empty at first', async () => {
    expect(await subject.ports.readEventLog()).toEqual({ changes: [], published: { version: 0, ids: [] } });
  });

  test('has each change of the additional roots that was written, oldest first', async () => {
    const { ports } = subject;
    const roots = [{ sha256, subject: dn, ...root }];
    await ports.replaceAdditionalRoots({ version: 1, roots }, [ADDED]);
    expect(await ports.replaceAdditionalRoots({ version: 1, roots: [] }, [REMOVED])).toBe('changed');
    await ports.replaceAdditionalRoots({ version: 2, roots }, []);
    await ports.replaceAdditionalRoots({ version: 3, roots: [] }, [REMOVED, ADDED]);
    expect((await ports.readEventLog()).changes).toEqual([ADDED, REMOVED, ADDED]);
  });

  test('keeps what was published, replaced by the next version only', async () => {
    const { ports } = subject;
    for (const version of [2, 1, 1, 3, 2]) await ports.notePublished({ version, ids: [`a-${version}`, 'b'] });
    expect((await ports.readEventLog()).published).toEqual({ version: 2, ids: ['a-2', 'b'] });
  });
});
