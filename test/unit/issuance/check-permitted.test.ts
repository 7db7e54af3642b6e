import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Cidr } from '../../../shared/domain/ip-address.ts';
import type { NamePattern } from '../../../shared/domain/name-pattern.ts';
import { PLAN, refusal, World } from './world.ts';

let world: World;
beforeEach(async () => {
  const nameConstraints = { permittedDns: ['example.com', 'svc'], permittedIp: ['203.0.113.0/24' as Cidr] };
  world = await World.create({ ...PLAN, nameConstraints });
});

/** A token that allows more than the issuer may certify. */
const token = () =>
  world.token({
    profile: 'fleet-server',
    names: {
      commonName: '*.*' as NamePattern,
      dns: ['*.*' as NamePattern, '*.*.*' as NamePattern],
      ip: ['0.0.0.0/0' as Cidr, '::/0' as Cidr],
    },
  });

const DNS =
  'The name constraints of the issuing CA issuer-1 permit only the DNS names example.com, svc and those';
const IP = 'The name constraints of the issuing CA issuer-1 permit only the IP addresses 203.0.113.0/24, not';
const WAY_OUT = 'Ask for one that they permit; another takes an issuer with other name constraints.';

describe('under an issuer with name constraints', () => {
  test.each([
    {
      name: 'DNS names outside',
      body: { dnsNames: ['a.example.com', 'a.example.org', 'b.svcs'] },
      errors: [
        { pointer: '#/dnsNames/1', detail: `${DNS} below them, not "a.example.org". ${WAY_OUT}` },
        { pointer: '#/dnsNames/2', detail: `${DNS} below them, not "b.svcs". ${WAY_OUT}` },
      ],
    },
    {
      name: 'addresses outside, of either family',
      body: { dnsNames: ['a.svc'], ipAddresses: ['203.0.113.7', '203.0.114.7', '2001:db8::1'] },
      errors: [
        { pointer: '#/ipAddresses/1', detail: `${IP} 203.0.114.7. ${WAY_OUT}` },
        { pointer: '#/ipAddresses/2', detail: `${IP} 2001:db8::1. ${WAY_OUT}` },
      ],
    },
    {
      name: 'a name that reads as a DNS name, alone',
      body: { name: 'a.org', ipAddresses: ['203.0.113.7'] },
      errors: [
        {
          pointer: '#/name',
          detail: `${DNS} below them, and verifiers read a name with dots as a DNS name where a certificate holds no other: "a.org" is none of them. Use a name without dots, or one that they permit.`,
        },
      ],
    },
  ])('$name are refused by name, before anything is written or signed', async ({ body, errors }) => {
    const request = world.request(await token(), { name: 'a.svc', ...body });
    const [calls, signatures] = [world.store.calls.length, world.signer.signatures];
    const error = await refusal(world.enroll(request));
    expect(error).toMatchObject({ code: 'name_not_allowed', errors });
    expect(error.message).toBe(errors.map(({ detail }) => detail).join(' '));
    expect(world.store.calls.slice(calls)).toEqual(['readForEnrollment']);
    expect(world.signer.signatures).toBe(signatures);
  });

  test.each([
    { name: 'names inside', body: { dnsNames: ['a.example.com', 'b.svc'], ipAddresses: ['203.0.113.7'] } },
    { name: 'a permitted name alone', body: { name: 'Example.com' } },
    { name: 'a name outside beside a DNS name', body: { name: 'a.org', dnsNames: ['b.svc'] } },
  ])('$name get their certificate', async ({ body }) => {
    const { record } = await world.enroll(world.request(await token(), { name: 'a.svc', ...body }));
    expect(record.state).toBe('ISSUED');
  });
});
