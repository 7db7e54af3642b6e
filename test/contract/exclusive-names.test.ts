import { beforeAll, describe, expect, test } from '@jest/globals';
import type { DnsName } from '../../shared/domain/dns-name.ts';
import {
  alternativeNames,
  claimExclusively,
  releaseExclusively,
} from '../../shared/domain/exclusive-name.ts';
import { plus } from '../../shared/domain/instant.ts';
import type { IpAddress } from '../../shared/domain/ip-address.ts';
import type { Reservation } from '../../shared/issuance/ports.ts';
import { commonName, NOW, sampleReservation, sampleToken } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

describe.each(STORES)('claims of DNS names and addresses, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  /** Names that no other test has. */
  const freshNames = (count = 1) => ({
    dnsNames: Array.from({ length: count }, () => `${commonName()}.example.com` as DnsName),
    ipAddresses: [`192.0.2.${Math.floor(Math.random() * 256)}` as IpAddress],
  });

  /** A reservation that claims its names as they are now. */
  async function claiming(names: ReturnType<typeof freshNames>): Promise<Reservation> {
    const token = sampleToken({ exclusiveDns: true });
    await subject.ports.createToken(token);
    const reservation = sampleReservation(token, { ...names, exclusiveDns: true });
    const { name, serialNumber, validity } = reservation.record;
    const holder = { name, serialNumber, notAfter: validity.notAfter };
    const read = await subject.ports.exclusiveNames(names);
    return { ...reservation, exclusive: read.map((one) => claimExclusively(one, holder, NOW)) };
  }

  test('are read as never claimed, each name once, and none without names', async () => {
    const { dnsNames } = freshNames();
    const twice = { dnsNames: [...dnsNames, ...dnsNames], ipAddresses: [] };
    expect(await subject.ports.exclusiveNames(twice)).toEqual([
      { alternativeName: `dns:${dnsNames[0]}`, version: 0, holders: [] },
    ]);
    expect(await subject.ports.exclusiveNames({ dnsNames: [], ipAddresses: [] })).toEqual([]);
  });

  test('are written with the reservation, 50 of them, and seen by the next enrollment', async () => {
    const names = freshNames(49);
    const reservation = await claiming(names);
    expect(await subject.ports.reserve(reservation, NOW)).toBe('reserved');
    const view = await subject.ports.readForEnrollment(reservation.record);
    expect(view.exclusive).toEqual(reservation.exclusive);
    expect(view.exclusive.map((one) => one.alternativeName)).toEqual(alternativeNames(names));
    expect((await subject.ports.certificate(reservation.record.serialNumber))?.exclusiveDns).toBe(true);
  });

  test('of which one moved on since it was read keep everything from being written', async () => {
    const names = freshNames(3);
    const [first, second] = [
      await claiming(names),
      await claiming({ ...freshNames(2), dnsNames: names.dnsNames }),
    ];
    expect(await subject.ports.reserve(first, NOW)).toBe('reserved');
    expect(await subject.ports.reserve(second, NOW)).toBe('name_changed');
    expect(await subject.ports.certificate(second.record.serialNumber)).toBeUndefined();
    expect((await subject.ports.token(second.record.tokenId))?.uses).toBe(0);
  });

  test('are given back with the reservation, or nothing is where one moved on', async () => {
    const names = freshNames(2);
    const reservation = await claiming(names);
    await subject.ports.reserve(reservation, NOW);
    const { record } = reservation;
    const late = plus(NOW, 31);
    const freed = reservation.exclusive.flatMap((one) => releaseExclusively(one, record.serialNumber) ?? []);
    const stale = freed.map((one) => ({ ...one, version: one.version + 1 }));
    expect(await subject.ports.voidReservation(record, undefined, stale, late)).toBe('changed');
    expect(await subject.ports.voidReservation(record, undefined, freed, late)).toBe('voided');
    expect(await subject.ports.exclusiveNames(names)).toEqual(freed);
  });

  test('by 20 names at once go to one of them', async () => {
    const names = freshNames(2);
    const reservations = await Promise.all(Array.from({ length: 20 }, () => claiming(names)));
    const outcomes = await Promise.all(reservations.map((one) => subject.ports.reserve(one, NOW)));
    expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'name_changed')).toHaveLength(19);
  });
});
