import './environment.ts';
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BOOTSTRAP_SH_SHA256 } from '#host-scripts';
import { createTokenHandler } from '../../../functions/create-token/handler.ts';
import { createTokenAnswer } from '../../../functions/create-token/response.ts';
import { parseToken } from '../../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { fakeStore } from '../../fakes/store.ts';
import { at, textAt } from '../../support/json.ts';
import { NOW, sampleRoot } from '../../support/records.ts';
import { ADMIN } from '../http/gateway.ts';
import { quietly, told } from './told.ts';

const HOST = 'api.example.com';

function setUp() {
  const store = fakeStore();
  const handler = createTokenHandler({
    tokens: store,
    authority: store,
    clock: () => NOW,
    random: randomBytes,
  });
  return { store, create: (body: unknown) => quietly(handler, { route: '/tokens', body }) };
}

const LEAST = { profile: 'agent', names: { commonName: 'web-*' } };

describe('POST /v1/tokens', () => {
  test('answers the token once, and stores only the hash of its secret', async () => {
    const { store, create } = setUp();
    const answer = await create(LEAST);
    const { id = '', secret = '' } = parseToken(textAt(answer.json, 'token')) ?? {};
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`/v1/tokens/${id}`);
    const stored = store.tables.tokens.get(id)?.token;
    expect(stored?.secretSha256).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  test('fills in the defaults', async () => {
    const { create } = setUp();
    const { json } = await create(LEAST);
    expect(createTokenAnswer.parse(json)).toEqual(json);
    const { id, token, ...rest } = createTokenAnswer.parse(json);
    expect(token).toMatch(new RegExp(`^fst_${id}_`));
    expect(rest).toEqual({
      profile: 'agent',
      names: { commonName: 'web-*', dns: [], ip: [] },
      maxUses: 1,
      uses: 0,
      state: 'OPEN',
      expiresAt: '2026-11-24T06:00:00Z',
      certificateLifetime: 'P30D',
      onExistingName: 'refuse',
      exclusiveDns: false,
      bind: { sourceCidr: [] },
      description: '',
      createdAt: '2026-11-23T06:00:00Z',
      createdBy: ADMIN,
    });
  });

  describe('gives a line to paste on a host, with the fingerprint of the trust bundle', () => {
    async function lineFor(changes: object, withRoot = true) {
      const { store, create } = setUp();
      if (withRoot) {
        await store.reserveRoot(sampleRoot());
        await store.commitRoot('root-1', Uint8Array.of(1, 2, 3));
      }
      const { json } = await create({ ...LEAST, ...changes });
      const trust = createHash('sha256')
        .update('-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n')
        .digest('hex');
      return { line: at(json, 'bootstrap'), token: textAt(json, 'token'), trust };
    }

    test.each([
      { name: 'any names', changes: {}, options: '' },
      {
        name: 'one name',
        changes: {
          profile: 'fleet-server',
          names: { commonName: 'fleet-1', dns: ['fleet.example.com', '*.example.com'] },
        },
        options: ' --name fleet-1 --dns-name fleet.example.com',
      },
    ])('for $name', async ({ changes, options }) => {
      const { line, token, trust } = await lineFor(changes);
      expect(line).toBe(
        `f=$(mktemp) && curl -fsSo "$f" https://${HOST}/v1/bootstrap.sh && { openssl dgst -sha256 "$f" | grep ${BOOTSTRAP_SH_SHA256} || { echo "$f is another script than this line was made for" >&2; false; }; } && printf %s ${token} | sudo sh "$f" --token-file - --url https://${HOST}/v1 --trust-sha256 ${trust}${options}`,
      );
    });

    test('but for a token that is bound to a CSR: the script makes its own', async () => {
      expect((await lineFor({ bind: { csrSha256: 'ab'.repeat(32) } })).line).toBeUndefined();
    });

    test('but before there is a root', async () => {
      expect((await lineFor({}, false)).line).toBeUndefined();
    });
  });

  test('keeps all that was asked for, in canonical form', async () => {
    const { store, create } = setUp();
    const { json } = await create({
      profile: 'fleet-server',
      names: { commonName: 'fleet-*', dns: ['*.Example.com'], ip: ['203.0.113.0/24', '2001:DB8::1'] },
      maxUses: 1_000_000,
      expiresIn: 'P365D',
      certificateLifetime: 'PT10M',
      onExistingName: 'replace',
      exclusiveDns: true,
      bind: { csrSha256: 'AB'.repeat(32), sourceCidr: ['198.51.100.0/24'] },
      description: 'façade, rack 4',
    });
    expect(json).toMatchObject({
      names: { commonName: 'fleet-*', dns: ['*.example.com'], ip: ['203.0.113.0/24', '2001:db8::1/128'] },
      maxUses: 1_000_000,
      certificateLifetime: 'PT10M',
      onExistingName: 'replace',
      exclusiveDns: true,
      bind: { csrSha256: 'ab'.repeat(32), sourceCidr: ['198.51.100.0/24'] },
      description: 'façade, rack 4',
    });
    const stored = store.tables.tokens.get(textAt(json, 'id'))?.token;
    expect(stored).toMatchObject({ certificateLifetimeSeconds: 600, expiresAt: plus(NOW, 365 * DAY) });
  });
});

const names = (more: object) => ({ ...LEAST, names: { ...LEAST.names, ...more } });

describe('POST /v1/tokens refuses', () => {
  test.each<{ name: string; body: unknown; status?: number; code?: string; errors: Record<string, string> }>([
    {
      name: 'nothing but an object',
      body: {},
      errors: {
        '#/profile':
          'profile is required and must be "agent" or "fleet-server" or "output-client" or "output-server" or "proxy" or "eck-metrics".',
        '#/names': 'names is required and must be an object.',
      },
    },
    {
      name: 'an unknown profile',
      body: { ...LEAST, profile: 'root' },
      errors: {
        '#/profile':
          'profile must be "agent" or "fleet-server" or "output-client" or "output-server" or "proxy" or "eck-metrics".',
      },
    },
    {
      name: 'a misspelt field',
      body: { ...LEAST, maxUse: 2, names: { ...LEAST.names, dnsNames: [] } },
      code: 'unknown_field',
      errors: {
        '#/maxUse':
          'maxUse is not a known field; the fields are profile, names, maxUses, expiresIn, certificateLifetime, onExistingName, exclusiveDns, bind, description. Did you mean "maxUses"?',
        '#/names/dnsNames':
          'names.dnsNames is not a known field; the fields are commonName, dns, ip. Did you mean "dns"?',
      },
    },
    {
      name: 'patterns that no name fits',
      body: names({
        commonName: 'web **',
        dns: ['*.example.com', 'a b', '10.0.0.1', '_x.example.com', '*.example.com.'],
      }),
      errors: {
        '#/names/commonName':
          'names.commonName must be a pattern of 1 to 64 letters, digits, ".", "_", "-" and "*"; "*" stands for one or more characters other than ".".',
        ...Object.fromEntries(
          [
            'contains " "',
            'ends in a number, as only an IP address does',
            'contains "_"',
            'ends in a dot',
          ].map((problem, i) => [
            `#/names/dns/${i + 1}`,
            `names.dns[${i + 1}] must be a host name in which "*" may stand for one or more characters other than ".": "*.example.com"; it ${problem}.`,
          ]),
        ),
      },
    },
    {
      name: 'networks with host bits, or none',
      body: { ...LEAST, bind: { sourceCidr: ['198.51.100.7/24', '010.0.0.0/8', 'lan'] } },
      errors: Object.fromEntries(
        [0, 1, 2].map((i) => [
          `#/bind/sourceCidr/${i}`,
          `bind.sourceCidr[${i}] must be a network whose host bits are zero, or an address, not IPv4-mapped: "203.0.113.0/24", "2001:db8::/48".`,
        ]),
      ),
    },
    {
      name: 'durations of no exact length',
      body: { ...LEAST, expiresIn: 'P1M', certificateLifetime: 86400 },
      errors: {
        '#/expiresIn':
          'expiresIn must be an ISO 8601 duration in weeks, days, hours, minutes or seconds: "PT24H", "P30D".',
        '#/certificateLifetime': 'certificateLifetime must be a string.',
      },
    },
    {
      name: 'uses out of range',
      body: { ...LEAST, maxUses: 0 },
      errors: { '#/maxUses': 'maxUses must be at least 1.' },
    },
    {
      name: 'more uses than a token may have',
      body: { ...LEAST, maxUses: 1_000_001 },
      errors: { '#/maxUses': 'maxUses must be at most 1000000.' },
    },
    {
      name: 'half a use',
      body: { ...LEAST, maxUses: 1.5 },
      errors: { '#/maxUses': 'maxUses must be a whole number.' },
    },
    {
      name: 'a hash of another length, and a description with a line break',
      body: { ...LEAST, bind: { csrSha256: 'abc' }, description: 'a\nb' },
      errors: {
        '#/bind/csrSha256': "bind.csrSha256 must be 64 hexadecimal digits: the SHA-256 of the CSR's DER.",
        '#/description': 'description contains U+000A, a control, format or separator character: remove it.',
      },
    },
    {
      name: 'names that the profile never holds',
      body: { ...names({ dns: ['a.example.com'], ip: ['203.0.113.0/24'] }), profile: 'output-client' },
      status: 422,
      code: 'invalid_token_policy',
      errors: {
        '#/names/dns': 'Certificates of profile output-client contain no DNS names. Leave names.dns out.',
        '#/names/ip': 'Certificates of profile output-client contain no IP addresses. Leave names.ip out.',
      },
    },
    {
      name: 'no DNS name where the profile needs one',
      body: { ...LEAST, profile: 'eck-metrics' },
      status: 422,
      code: 'invalid_token_policy',
      errors: {
        '#/names/dns': 'Certificates of profile eck-metrics need a DNS name. Allow one in names.dns.',
      },
    },
    {
      name: 'a server without any name to be reached by',
      body: { ...LEAST, profile: 'output-server' },
      status: 422,
      code: 'invalid_token_policy',
      errors: {
        '#/names':
          'Certificates of profile output-server need a DNS name or an IP address. Allow one in names.dns or names.ip.',
      },
    },
    {
      name: 'a claim of names that the token does not allow',
      body: { ...LEAST, exclusiveDns: true },
      status: 422,
      code: 'invalid_token_policy',
      errors: {
        '#/exclusiveDns':
          'exclusiveDns claims DNS names and IP addresses, but this token allows none. Allow some in names.dns or names.ip, or leave exclusiveDns out.',
      },
    },
    {
      name: 'exclusiveDns as text',
      body: { ...LEAST, exclusiveDns: 'true' },
      errors: { '#/exclusiveDns': 'exclusiveDns must be true or false.' },
    },
    {
      name: 'times out of range, together',
      body: { ...LEAST, certificateLifetime: 'P91D', expiresIn: 'P366D' },
      status: 422,
      code: 'invalid_token_policy',
      errors: {
        '#/certificateLifetime':
          'Certificates of profile agent have a lifetime of PT10M to P90D. Set certificateLifetime within that range.',
        '#/expiresIn': 'A token has a lifetime of PT1S to P365D. Set expiresIn within that range.',
      },
    },
  ])('$name', async ({ body, status = 400, code = 'malformed_request', errors }) => {
    const { store, create } = setUp();
    const answer = await create(body);
    expect({ status: answer.status, code: at(answer.json, 'code'), errors: told(answer) }).toEqual({
      status,
      code,
      errors,
    });
    expect(store.calls).toEqual([]);
  });
});

/** Values of any kind, and near misses of a right body. */
const nearMiss = fc.record(
  {
    profile: fc.oneof(fc.constantFrom('agent', 'proxy', 'eck-metrics'), fc.jsonValue()),
    names: fc.oneof(
      fc.record(
        {
          commonName: fc.oneof(fc.constant('web-*'), fc.jsonValue()),
          dns: fc.oneof(fc.array(fc.oneof(fc.domain(), fc.string())), fc.jsonValue()),
          ip: fc.oneof(fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
    maxUses: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.jsonValue()),
    expiresIn: fc.oneof(
      fc.constantFrom('PT24H', 'P999999D', 'P9999W', 'PT999999999S', 'P', 'PT'),
      fc.jsonValue(),
    ),
    certificateLifetime: fc.oneof(fc.constantFrom('P30D', 'P0D'), fc.jsonValue()),
    bind: fc.jsonValue(),
    description: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

describe('POST /v1/tokens, whatever it is sent,', () => {
  test('never fails and writes only what it answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearMiss, fc.jsonValue(), fc.string(), fc.json()), async (body) => {
        const { store, create } = setUp();
        const { status } = await create(body);
        expect([201, 400, 413, 422]).toContain(status);
        expect(store.tables.tokens.size).toBe(status === 201 ? 1 : 0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('POST /v1/profiles/{profile}/tokens', () => {
  const setUpProfile = () => {
    const store = fakeStore();
    const handler = createTokenHandler({
      tokens: store,
      authority: store,
      clock: () => NOW,
      random: randomBytes,
    });
    const route = '/profiles/{profile}/tokens';
    return (profile: string, body: unknown) => quietly(handler, { route, path: { profile }, body });
  };
  const names = { commonName: 'web-*' };

  test('makes a token of the profile in the path, which the body may repeat', async () => {
    const create = setUpProfile();
    for (const body of [{ names }, { names, profile: 'agent' }]) {
      const answer = await create('agent', body);
      expect(answer.status).toBe(201);
      expect(answer.json).toMatchObject({ profile: 'agent', names: { commonName: 'web-*' } });
      expect(answer.headers['location']).toBe(`/v1/tokens/${textAt(answer.json, 'id')}`);
    }
  });

  test('refuses a body of another profile', async () => {
    const answer = await setUpProfile()('agent', { names, profile: 'proxy' });
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformed_request' } });
    expect(told(answer)).toEqual({
      '#/profile':
        'profile is "proxy", but the path says "agent". Leave it out, or send the request to /v1/profiles/proxy/tokens.',
    });
  });

  test('refuses a profile that does not exist, with all else that is wrong', async () => {
    const answer = await setUpProfile()('agents', { names: { commonName: 'a b' } });
    expect(answer.status).toBe(400);
    expect(Object.keys(told(answer))).toEqual(['#/path/profile', '#/names/commonName']);
  });
});
