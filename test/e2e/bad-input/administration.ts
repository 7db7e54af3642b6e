import type { Row } from './row.ts';

const admin =
  (method: string, path: string, body?: unknown): Row['request'] =>
  (caller) =>
    caller.admin(method, path, body);
const policy = (changes: object) =>
  admin('POST', '/v1/tokens', { profile: 'agent', names: { commonName: 'a-*' }, ...changes });

/** What an administrator may get wrong: of tokens, certificates, kits and listings. */
export const ADMIN: readonly Row[] = [
  {
    name: 'a token without profile',
    request: policy({ profile: undefined }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/profile',
  },
  {
    name: 'a profile that does not exist',
    request: policy({ profile: 'root' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/profile',
  },
  {
    name: 'a token without names',
    request: policy({ names: {} }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/names/commonName',
  },
  {
    name: 'a pattern with a slash',
    request: policy({ names: { commonName: 'a/*' } }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/names/commonName',
  },
  {
    name: 'no uses',
    request: policy({ maxUses: 0 }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/maxUses',
  },
  {
    name: 'half a use',
    request: policy({ maxUses: 1.5 }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/maxUses',
  },
  {
    name: 'a duration in words',
    request: policy({ expiresIn: 'one day' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/expiresIn',
  },
  {
    name: 'a duration of a month',
    request: policy({ expiresIn: 'P1M' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/expiresIn',
  },
  {
    name: 'a lifetime beyond the profile',
    request: policy({ certificateLifetime: 'P10000D' }),
    status: 422,
    code: 'invalid_token_policy',
    pointer: '#/certificateLifetime',
  },
  {
    name: 'a network with host bits',
    request: policy({ bind: { sourceCidr: ['203.0.113.7/24'] } }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/bind/sourceCidr/0',
  },
  {
    name: 'a hash that is none',
    request: policy({ bind: { csrSha256: 'abc' } }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/bind/csrSha256',
  },
  {
    name: 'an unknown field of a token',
    request: policy({ uses: 3 }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/uses',
  },
  {
    name: 'a token that does not exist',
    request: admin('GET', `/v1/tokens/${'a'.repeat(16)}`),
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a serial number that is none',
    request: admin('GET', '/v1/certificates/xyz'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/path/serial',
  },
  {
    name: 'a serial number that was never given',
    request: admin('GET', `/v1/certificates/${'1'.repeat(36)}`),
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a kit without deployment',
    request: admin('POST', '/v1/kits', { profile: 'agent', name: 'host-1' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/deployment',
  },
  {
    name: 'a kit of a field that does not exist',
    request: admin('POST', '/v1/kits', {
      profile: 'agent',
      name: 'host-1',
      deployment: { outputs: [{ host: 'x' }] },
    }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/deployment/outputs/0/host',
  },
  {
    name: 'a kit of a model that cannot work',
    request: admin('POST', '/v1/kits', {
      profile: 'agent',
      name: 'host-1',
      deployment: { model: 'cloud', os: 'linux', fleetUrl: 'https://fleet.example.com:8220' },
    }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/model',
  },
  {
    name: 'a kit of a certificate that does not exist',
    request: admin('POST', '/v1/kits', {
      profile: 'agent',
      name: 'host-1',
      serialNumber: '1'.repeat(36),
      deployment: { model: 'on-premises', os: 'linux', fleetUrl: 'https://fleet.example.com:8220' },
    }),
    status: 404,
    code: 'not_found',
  },
  {
    name: 'a page of 1000',
    request: admin('GET', '/v1/certificates?limit=1000'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/query/limit',
  },
  {
    name: 'a foreign cursor',
    request: admin('GET', '/v1/certificates?cursor=abc'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/query/cursor',
  },
  {
    name: 'a state that does not exist',
    request: admin('GET', '/v1/certificates?state=LOST'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/query/state',
  },
  {
    name: 'a day instead of a time',
    request: admin('GET', '/v1/certificates?expiresBefore=2027-01-01'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/query/expiresBefore',
  },
];
