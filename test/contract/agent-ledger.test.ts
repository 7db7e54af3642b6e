import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateEvent } from '../../shared/domain/certificate-event.ts';
import { plus } from '../../shared/domain/instant.ts';
import { NOW, serialNumber } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const event: CertificateEvent = {
  at: NOW,
  event: 'agentUnenrolled',
  by: 'fleetseal',
  comment: 'Agent "4f1c".',
};

describe.each(STORES)('noting an event, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  test('adds to the history, in order of time', async () => {
    const serial = serialNumber();
    const later: CertificateEvent = { ...event, at: plus(NOW, 5), event: 'agentNotUnenrolled' };
    await subject.ports.note(serial, event);
    await subject.ports.note(serial, later);
    expect(await subject.ports.history(serial)).toEqual([event, later]);
  });

  test('twice and at once, it is there once', async () => {
    const serial = serialNumber();
    await Promise.all(Array.from({ length: 5 }, () => subject.ports.note(serial, event)));
    expect(await subject.ports.history(serial)).toEqual([event]);
  });
});
