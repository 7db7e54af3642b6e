import { describe, expect, test } from '@jest/globals';
import { reportCompromise } from '../../../shared/revocation/report-compromise.ts';
import type { RevocationRequest } from '../../../shared/revocation/revoke-certificate.ts';
import { revokeMany } from '../../../shared/revocation/revoke-many.ts';
import { revokeSerial } from '../../../shared/revocation/revoke-serial.ts';
import { makeJws } from '../../support/proofs.ts';
import { type Held, RenewalWorld } from '../rotation/renewal-world.ts';
import { Killed, request, revoking } from './revoking.ts';

/*
 * A thief of a key may have renewed with it before anyone noticed. Until somebody confirms that certificate, it falls with
 * the one that it renews.
 */

const STOLEN = request({ reason: 'keyCompromise', comment: 'laptop stolen' });

/** Every way to revoke one certificate without looking for others. */
const WAYS = [
  {
    way: 'by serial number',
    revoke: ({ world }: RenewalWorld, { record }: Held, why: RevocationRequest) =>
      revokeSerial(revoking(world), record.serialNumber, { ...why, block: false }),
  },
  {
    way: 'in a list',
    revoke: ({ world }: RenewalWorld, { record }: Held, why: RevocationRequest) =>
      revokeMany(revoking(world), [record.serialNumber], why),
  },
] as const;

const stateOf = ({ store }: RenewalWorld, { record }: Held) =>
  store.tables.records.get(record.serialNumber)?.state;

describe.each(WAYS)('a stolen key that is revoked $way', ({ revoke }) => {
  test('takes the certificate with it that renewed its own and that nobody confirmed', async () => {
    const hosts = await RenewalWorld.create();
    const old = await hosts.enrolled();
    const next = await hosts.renewed(old);
    const result = await revoke(hosts, old, STOLEN);
    const serials = [old, next].map(({ record }) => record.serialNumber);
    expect(result?.revoked.map(({ serialNumber }) => serialNumber)).toEqual(serials);
    expect(result?.revoked.map(({ revocation }) => revocation.reason)).toEqual([
      'keyCompromise',
      'keyCompromise',
    ]);
    expect([stateOf(hosts, old), stateOf(hosts, next)]).toEqual(['REVOKED', 'REVOKED']);
    await expect(hosts.renewed(next)).rejects.toMatchObject({ code: 'certificate_revoked' });
  });

  test.each([
    { name: 'was confirmed', use: (hosts: RenewalWorld, old: Held, next: Held) => hosts.confirm(old, next) },
    { name: 'was renewed itself', use: (hosts: RenewalWorld, _: Held, next: Held) => hosts.renewed(next) },
  ])('leaves one that $name', async ({ use }) => {
    const hosts = await RenewalWorld.create();
    const old = await hosts.enrolled();
    const next = await hosts.renewed(old);
    await use(hosts, old, next);
    expect((await revoke(hosts, old, STOLEN))?.revoked).toHaveLength(1);
    expect(stateOf(hosts, next)).toBe('ISSUED');
  });

  test('leaves it where the key is not said to be stolen', async () => {
    const hosts = await RenewalWorld.create();
    const old = await hosts.enrolled();
    const next = await hosts.renewed(old);
    await revoke(hosts, old, request({ reason: 'superseded' }));
    expect(stateOf(hosts, next)).toBe('ISSUED');
    // Said later, it counts as well.
    await revoke(hosts, old, STOLEN);
    expect(stateOf(hosts, next)).toBe('REVOKED');
  });

  test.each([1, 2])('cut off at revocation %i and sent again, both are revoked', async (nth) => {
    const hosts = await RenewalWorld.create();
    const old = await hosts.enrolled();
    const next = await hosts.renewed(old);
    const cut = () => hosts.store.failNext('revoke', { error: new Killed(), when: 'after' });
    if (nth === 1) cut();
    else hosts.store.interleave('revoke', cut);
    await revoke(hosts, old, STOLEN).catch(() => undefined);
    expect((await revoke(hosts, old, STOLEN))?.revoked).toHaveLength(2);
    expect([stateOf(hosts, old), stateOf(hosts, next)]).toEqual(['REVOKED', 'REVOKED']);
  });
});

test('a holder that reports its key as compromised has both certificates revoked', async () => {
  const hosts = await RenewalWorld.create();
  const old = await hosts.enrolled();
  const next = await hosts.renewed(old);
  const { serialNumber } = old.record;
  const jws = makeJws({ privateKey: old.privateKey, keyKind: 'p256' }, { serialNumber, revoke: true });
  const revoked = await reportCompromise(revoking(hosts.world), { proof: { jws }, sourceIp: '198.51.100.9' });
  expect(revoked.map((record) => record.serialNumber)).toEqual([serialNumber, next.record.serialNumber]);
  expect(stateOf(hosts, next)).toBe('REVOKED');
});
