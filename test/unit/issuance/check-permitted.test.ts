import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import type { NamePattern } from '../../../shared/domain/name-pattern.ts';
import { namePattern } from '../domain/support.ts';
import { PLAN, refusal, World } from './world.ts';

let world: World;
beforeEach(async () => {
  const nameConstraints = { permittedDns: ['example.com', 'svc'], permittedIp: ['203.0.113.0/24' as Cidr] };
  world = await World.create({ ...PLAN, nameConstraints });
});

/** A token that allows more than the issuer may certify. */
const token = (pattern = '*.*' as NamePattern) =>
  world.token({
    profile: 'fleet-server',
    names: {
      commonName: pattern,
      dns: ['*.*' as NamePattern, '*.*.*' as NamePattern],
      ip: ['0.0.0.0/0' as Cidr, '::/0' as Cidr],
    },
  });

/** That allows the name in question. */
const patternOf = ({ name = 'a.svc' }: { readonly name?: string }) => namePattern(name);

const DNS =
  'The name constraints of the issuing CA issuer-1 permit only the DNS names example.com, svc and those';
const IP = 'The name constraints of the issuing CA issuer-1 permit only the IP addresses 203.0.113.0/24, not';
const JAVA =
  'Java treats the name of a certificate without DNS names as a DNS name, and the name constraints of the issuing CA issuer-1 permit only example.com, svc and names below them,';
const WAY_OUT = 'Request one that they permit; any other needs an issuer with different name constraints.';

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
          detail: `${JAVA} not "a.org". Use a name such as "a.example.com", or add such a name to dnsNames.`,
        },
      ],
    },
    {
      name: 'a name of one label, alone',
      body: { name: 'web-01' },
      errors: [
        {
          pointer: '#/name',
          detail: `${JAVA} not "web-01". Use a name such as "web-01.example.com", or add such a name to dnsNames.`,
        },
      ],
    },
    {
      name: 'a name of numbers outside, beside a DNS name',
      body: { name: '10.1', dnsNames: ['a.svc'] },
      errors: [
        {
          pointer: '#/name',
          detail:
            'Java treats the name "10.1" as an IP address, which the name constraints of the issuing CA issuer-1 do not permit. Use a name that does not consist of numbers.',
        },
      ],
    },
  ])('$name are refused by name, before anything is written or signed', async ({ body, errors }) => {
    const request = world.request(await token(patternOf(body)), { name: 'a.svc', ...body });
    const [calls, signatures] = [world.store.calls.length, world.signer.signatures];
    const error = await refusal(world.enroll(request));
    expect(error).toMatchObject({ code: 'name_outside_constraints', errors });
    expect(error.message).toBe(errors.map(({ detail }) => detail).join(' '));
    expect(world.store.calls.slice(calls)).toEqual(['readForEnrollment']);
    expect(world.signer.signatures).toBe(signatures);
  });

  test.each([
    { name: 'names inside', body: { dnsNames: ['a.example.com', 'b.svc'], ipAddresses: ['203.0.113.7'] } },
    { name: 'a name of one label beside a DNS name', body: { name: 'web-01', dnsNames: ['b.svc'] } },
    { name: 'a permitted name alone', body: { name: 'Example.com' } },
    { name: 'a name outside beside a DNS name', body: { name: 'a.org', dnsNames: ['b.svc'] } },
  ])('$name get their certificate', async ({ body }) => {
    const { record } = await world.enroll(
      world.request(await token(patternOf(body)), { name: 'a.svc', ...body }),
    );
    expect(record.state).toBe('ISSUED');
  });
});

describe('under an issuer whose name constraints permit DNS names alone', () => {
  beforeEach(async () => {
    world = await World.create({
      ...PLAN,
      nameConstraints: { permittedDns: ['example.com'], permittedIp: [] },
    });
  });

  test('no IP address is permitted, and the way out is said', async () => {
    const request = world.request(await token(), {
      name: 'a.example',
      dnsNames: ['a.example.com'],
      ipAddresses: ['192.0.2.7', '2001:db8::1'],
    });
    const detail =
      'The name constraints of the issuing CA issuer-1 permit no IP addresses. Leave it out, or use a DNS name; an address needs an issuer whose name constraints permit its network.';
    expect(await refusal(world.enroll(request))).toMatchObject({
      code: 'name_outside_constraints',
      errors: [
        { pointer: '#/ipAddresses/0', detail },
        { pointer: '#/ipAddresses/1', detail },
      ],
    });
  });

  test('a profile without DNS names is not pointed to dnsNames', async () => {
    const secret = await world.token({
      profile: 'output-client',
      names: { commonName: '*' as NamePattern, dns: [], ip: [] },
    });
    const { message } = await refusal(world.enroll(world.request(secret, { name: 'shared' })));
    expect(message).toMatch(/Use a name such as "shared\.example\.com"\.$/);
  });
});
