import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Cidr } from '../../shared/domain/ip-network.ts';
import { sampleIssuerSlot, sampleRootSlot } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

describe.each(STORES)('the slots, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeEach(async () => {
    subject = await start();
  });

  test('at first there are none', async () => {
    expect(await subject.ports.readSlots()).toEqual([]);
  });

  test('are read back as they were: roots first, then in the order of the settings', async () => {
    const slots = [
      sampleRootSlot(),
      sampleRootSlot({ id: 'root-2', place: 1 }),
      sampleIssuerSlot({ id: 'issuer-2' }),
      sampleIssuerSlot({
        id: 'issuer-10',
        place: 1,
        nameConstraints: { permittedDns: ['example.com'], permittedIp: ['192.0.2.0/24' as Cidr] },
      }),
    ];
    for (const slot of slots.toReversed()) await subject.ports.writeSlot(slot);
    expect(await subject.ports.readSlots()).toEqual(slots);
  });

  test('a slot takes whatever changes but another key', async () => {
    const first = sampleIssuerSlot();
    const longer = sampleIssuerSlot({ lifetimeSeconds: 1, crlShards: 1 });
    expect(await subject.ports.writeSlot(first)).toEqual(first);
    expect(await subject.ports.writeSlot(longer)).toEqual(longer);
    expect(await subject.ports.writeSlot(sampleIssuerSlot({ keyArn: 'arn:other' }))).toEqual(longer);
    expect(await subject.ports.readSlots()).toEqual([longer]);
  });

  test('is removed with its key, and not with another', async () => {
    const slot = await subject.ports.writeSlot(sampleIssuerSlot());
    await subject.ports.removeSlot({ id: slot.id, keyArn: 'arn:other' });
    expect(await subject.ports.readSlots()).toEqual([slot]);
    await subject.ports.removeSlot(slot);
    await subject.ports.removeSlot(slot);
    expect(await subject.ports.readSlots()).toEqual([]);
  });
});
