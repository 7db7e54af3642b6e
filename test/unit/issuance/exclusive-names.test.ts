import { beforeEach, describe, expect, test } from '@jest/globals';
import type { BootstrapToken } from '../../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import type { NamePattern } from '../../../shared/domain/name-pattern.ts';
import type { EnrollRequest } from '../../../shared/issuance/enrollment.ts';
import { NOW } from '../../support/records.ts';
import { refusal, World } from './world.ts';

class Killed extends Error {}

let world: World;
beforeEach(async () => {
  world = await World.create();
});

const NAMES = {
  commonName: '*' as NamePattern,
  dns: ['*.example.com' as NamePattern],
  ip: ['192.0.2.0/24' as Cidr],
};

/** A request of `name` with these names, on a token of its own: exclusive, unless it says otherwise. */
async function asking(
  name: string,
  names: Pick<EnrollRequest, 'dnsNames'> & Partial<EnrollRequest>,
  changes: Partial<BootstrapToken> = {},
): Promise<EnrollRequest> {
  const token = { profile: 'proxy', names: NAMES, exclusiveDns: true, ...changes } as const;
  return world.request(await world.token(token), { name, ...names });
}

const shared = { dnsNames: ['lb.example.com'], ipAddresses: ['192.0.2.7'] };

describe('DNS names and addresses', () => {
  test('may be shared where no token says otherwise: a load balancer has several holders', async () => {
    for (const name of ['lb-1', 'lb-2'])
      expect((await world.enroll(await asking(name, shared, { exclusiveDns: false }))).created).toBe(true);
    expect(world.store.tables.exclusive.size).toBe(0);
  });

  test('that one name claimed are refused to another, each with its place and the way out', async () => {
    await world.enroll(await asking('web-1', { dnsNames: ['a.example.com'], ipAddresses: ['192.0.2.7'] }));
    const second = await asking('web-2', {
      dnsNames: ['b.example.com', 'A.example.com'],
      ipAddresses: ['192.0.2.8', '192.0.2.7'],
    });
    const error = await refusal(world.enroll(second));
    expect(error).toMatchObject({
      code: 'name_in_use',
      errors: [{ pointer: '#/dnsNames/1' }, { pointer: '#/ipAddresses/1' }],
    });
    expect(error.errors[0]?.detail).toBe(
      'The DNS name "a.example.com" is in use: a certificate with another name claimed it exclusively, until it expires. Leave it out, enroll under the name that holds it, or ask for a token with exclusiveDns true and onExistingName "replace".',
    );
    expect(error.message).not.toContain('web-1');
    expect(await world.uses(second.token)).toBe(0);
  });

  test('that are claimed are refused to tokens that claim nothing, too, also where they replace holders', async () => {
    await world.enroll(await asking('web-1', shared));
    for (const onExistingName of ['refuse', 'replace'] as const) {
      const other = await asking('web-2', shared, { exclusiveDns: false, onExistingName });
      expect((await refusal(world.enroll(other))).code).toBe('name_in_use');
    }
  });

  test('that were issued without a claim are not seen by one', async () => {
    await world.enroll(await asking('lb-1', shared, { exclusiveDns: false }));
    expect((await world.enroll(await asking('web-1', shared))).created).toBe(true);
  });

  test('belong to the name: its other profiles, and its next key, get them', async () => {
    await world.enroll(await asking('web-1', shared));
    const others = [
      await asking('web-1', shared, { profile: 'fleet-server' }),
      await asking('web-1', shared, { onExistingName: 'replace' }),
      await asking('web-1', shared, { profile: 'output-server', exclusiveDns: false }),
    ];
    for (const request of others) expect((await world.enroll(request)).created).toBe(true);
    const other = await asking('web-2', shared, { profile: 'fleet-server' });
    expect((await refusal(world.enroll(other))).code).toBe('name_in_use');
  });

  test('go to another name where the token claims and replaces; then the first name is refused', async () => {
    await world.enroll(await asking('web-1', shared));
    const taking = await asking('web-2', shared, { onExistingName: 'replace' });
    expect((await world.enroll(taking)).created).toBe(true);
    const back = await asking('web-1', shared, { profile: 'fleet-server' });
    expect((await refusal(world.enroll(back))).code).toBe('name_in_use');
  });

  test.each([
    { when: 'in the last second of the certificate', late: 0, code: 'name_in_use' },
    { when: 'a second later', late: 1, code: 'ok' },
  ])('are free once the certificate has expired: $code $when', async ({ late, code }) => {
    const lifetime = { certificateLifetimeSeconds: DAY, expiresAt: plus(NOW, 9 * DAY) };
    await world.enroll(await asking('web-1', shared, lifetime));
    const second = await asking('web-2', shared, lifetime);
    world.pass(DAY + late);
    const outcome = await world.enroll(second).then(
      () => 'ok',
      (error) => error.code,
    );
    expect(outcome).toBe(code);
  });

  test('of a repetition are answered again, and claimed once', async () => {
    const request = await asking('web-1', { dnsNames: ['a.example.com', 'A.EXAMPLE.COM'] });
    const first = await world.enroll(request);
    expect((await world.enroll(request)).record.certificate).toEqual(first.record.certificate);
    expect(world.store.tables.exclusive.get('dns:a.example.com')).toEqual({
      alternativeName: 'dns:a.example.com',
      version: 1,
      holders: [
        { name: 'web-1', serialNumber: first.record.serialNumber, notAfter: first.record.validity.notAfter },
      ],
    });
    expect(first.record.exclusiveDns).toBe(true);
  });

  test('that two names claim at the same moment go to one of them', async () => {
    const requests = [await asking('web-1', shared), await asking('web-2', shared)];
    const all = await Promise.allSettled(requests.map((request) => world.enroll(request)));
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(['name_in_use']);
    expect(world.recordsIn('ISSUED')).toBe(1);
  });

  test('are claimed without another call', async () => {
    const request = await asking('web-1', shared);
    const before = world.store.calls.length;
    await world.enroll(request);
    expect(world.store.calls.slice(before)).toEqual(['readForEnrollment', 'reserve', 'commit']);
  });
});

describe('a claim that was never finished', () => {
  test('is given back by the sweeper, to the name that had it before', async () => {
    await world.enroll(await asking('web-1', shared));
    const taking = await asking('web-2', shared, { onExistingName: 'replace' });
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(taking)).rejects.toThrow(Killed);
    const back = await asking('web-1', shared, { profile: 'fleet-server' });
    expect((await refusal(world.enroll(back))).code).toBe('name_in_use');
    world.pass(301);
    expect((await world.sweep()).voided).toHaveLength(1);
    expect((await world.enroll(back)).created).toBe(true);
  });

  test('of names without an exclusive token is given up without a look at claims', async () => {
    const request = await asking('lb-1', shared, { exclusiveDns: false });
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(request)).rejects.toThrow(Killed);
    world.pass(301);
    await world.sweep();
    expect(world.store.calls).not.toContain('exclusiveNames');
  });
});
