import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiRequest } from '../support/api-client.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { type CsrOptions, makeCsr, makeKey, nameOf } from '../support/csr.ts';
import { at, textAt } from '../support/json.ts';

let cloud: TestCloud;
/** Unused tokens of some profiles, which stay unused. */
let tokens: Readonly<Record<'agent' | 'server' | 'metrics' | 'elsewhere', string>>;

beforeAll(async () => {
  cloud = await TestCloud.start();
  const dns = { commonName: 'host-*', dns: ['*.example.com'], ip: ['203.0.113.0/24'] };
  tokens = {
    agent: await cloud.token({ maxUses: 100 }),
    server: await cloud.token({ profile: 'fleet-server', maxUses: 100, names: dns }),
    metrics: await cloud.token({
      profile: 'eck-metrics',
      maxUses: 100,
      names: { commonName: 'host-*', dns: ['*.example.com'] },
    }),
    elsewhere: await cloud.token({ bind: { sourceCidr: ['203.0.113.0/24'] } }),
  };
}, 60_000);
afterAll(() => cloud.stop());
beforeEach(() => cloud.local.calls.reset());

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem', 'Sign'];

/** The problem that a request gets: documented, never a 5xx, and nothing was written or signed for it. */
async function expectProblem(
  request: ApiRequest,
  status: number,
  code: string,
  pointer?: string,
): Promise<void> {
  const answer = await cloud.call(request);
  expect({ status: answer.status, code: at(answer.json, 'code') }).toEqual({ status, code });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.json).toMatchObject({
    type: `urn:fleetseal:problem:${code}`,
    status,
    requestId: expect.any(String),
  });
  expect(textAt(answer.json, 'detail').length).toBeGreaterThan(20);
  if (pointer !== undefined) expect(at(answer.json, 'errors.*.pointer')).toContain(pointer);
  expect(cloud.local.calls.all().filter(({ action }) => WRITES.includes(action))).toEqual([]);
}

const enroll = (body: unknown, token: keyof typeof tokens = 'agent', headers = {}): ApiRequest => ({
  method: 'POST',
  path: '/v1/enroll',
  headers: { authorization: `Bearer ${tokens[token]}`, ...headers },
  body,
});
const withCsr = (options: CsrOptions) => ({ name: 'host-1', csr: makeCsr(options).pem });

const fleetAt = (host: string) => ({
  model: 'on-premises',
  os: 'linux',
  fleetUrl: `https://${host}:8220`,
  fleetServer: { elasticsearchUrl: 'https://es.example.com:9200' },
});

interface Row {
  readonly name: string;
  readonly request: () => ApiRequest;
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
}

const CSRS: readonly Row[] = [
  {
    name: 'an empty CSR',
    request: () => enroll({ name: 'host-1', csr: '' }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'words instead of a CSR',
    request: () => enroll({ name: 'host-1', csr: 'please' }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'a certificate instead of a CSR',
    request: () =>
      enroll({ name: 'host-1', csr: makeCsr().pem.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE') }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'two CSRs',
    request: () => enroll({ name: 'host-1', csr: makeCsr().pem + makeCsr().pem }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'half a CSR',
    request: () => enroll({ name: 'host-1', csr: makeCsr().pem.slice(0, 200) }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'bytes behind the CSR',
    request: () =>
      enroll({ name: 'host-1', csr: Buffer.concat([makeCsr().der, Buffer.of(0)]).toString('base64') }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'an indefinite length',
    request: () => enroll({ name: 'host-1', csr: Buffer.from([0x30, 0x80, 0, 0]).toString('base64') }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'deep nesting',
    request: () => enroll({ name: 'host-1', csr: nested(200) }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'a CSR of 10 KB',
    request: () => enroll({ name: 'host-1', csr: 'A'.repeat(10_000) }),
    status: 400,
    code: 'malformed_csr',
    pointer: '#/csr',
  },
  {
    name: 'a foreign signature',
    request: () => enroll(withCsr({ signingKey: makeKey('p256') })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an RSA key of 1024 bits',
    request: () => enroll(withCsr({ kind: 'rsa', rsaBits: 1024 })),
    status: 422,
    code: 'key_refused',
    pointer: '#/csr',
  },
  {
    name: 'an RSA key of 4352 bits',
    request: () => enroll(withCsr({ kind: 'rsa', rsaBits: 4352 })),
    status: 422,
    code: 'key_refused',
    pointer: '#/csr',
  },
  {
    name: 'another common name',
    request: () => enroll(withCsr({ commonName: 'host-2' })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'a subject with two common names',
    request: () =>
      enroll(
        withCsr({
          subject: Buffer.concat([
            Buffer.of(0x30, nameOf('a').length * 2 - 4),
            nameOf('a').subarray(2),
            nameOf('a').subarray(2),
          ]),
        }),
      ),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'a DNS name that the request does not have',
    request: () => enroll(withCsr({ dnsNames: ['host-1.example.com'] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an address that the request does not have',
    request: () => enroll(withCsr({ ipAddresses: ['203.0.113.1'] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'a foreign URI',
    request: () => enroll(withCsr({ uris: ['urn:fleetseal:default:agent:root'] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an unknown extension',
    request: () => enroll(withCsr({ extensions: [Buffer.from('300a06042a03040504020500', 'hex')] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
  {
    name: 'an unknown attribute',
    request: () => enroll(withCsr({ attributes: [Buffer.from('300a06042a03040531020500', 'hex')] })),
    status: 422,
    code: 'csr_refused',
    pointer: '#/csr',
  },
];

const BODIES: readonly Row[] = [
  {
    name: 'no body',
    request: () => enroll(undefined, 'agent', { 'content-type': 'application/json' }),
    status: 400,
    code: 'malformed_request',
  },
  { name: 'no JSON', request: () => enroll('{'), status: 400, code: 'malformed_request' },
  { name: 'JSON null', request: () => enroll('null'), status: 400, code: 'malformed_request' },
  { name: 'a JSON array', request: () => enroll([]), status: 400, code: 'malformed_request' },
  { name: 'a JSON string', request: () => enroll('"x"'), status: 400, code: 'malformed_request' },
  {
    name: 'an empty object',
    request: () => enroll({}),
    status: 400,
    code: 'malformed_request',
    pointer: '#/csr',
  },
  {
    name: 'no CSR',
    request: () => enroll({ name: 'host-1' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/csr',
  },
  {
    name: 'no name',
    request: () => enroll({ csr: makeCsr().pem }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a CSR that is a number',
    request: () => enroll({ name: 'host-1', csr: 7 }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/csr',
  },
  {
    name: 'DNS names that are a string',
    request: () => enroll({ ...enrollment(), dnsNames: 'a.example.com' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames',
  },
  {
    name: 'a DNS name that is null',
    request: () => enroll({ ...enrollment(), dnsNames: [null] }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'an unknown field',
    request: () => enroll({ ...enrollment(), dnsName: [] }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/dnsName',
  },
  {
    name: '__proto__',
    request: () => enroll(`{"__proto__": {"name": "x"}, "name": "host-1", "csr": "x"}`),
    status: 400,
    code: 'malformed_request',
  },
  {
    name: '17 KB',
    request: () => enroll({ ...enrollment(), name: 'x'.repeat(17_000) }),
    status: 413,
    code: 'payload_too_large',
  },
  {
    name: 'a form',
    request: () => enroll('csr=x', 'agent', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'text',
    request: () => enroll('{}', 'agent', { 'content-type': 'text/plain' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'a query parameter',
    request: () => ({ ...enroll(enrollment()), path: '/v1/enroll?name=x' }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/query/name',
  },
];

const NAMES: readonly Row[] = [
  {
    name: 'an empty name',
    request: () => enroll(enrollment({ name: '' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name of 65 characters',
    request: () => enroll(enrollment({ name: 'x'.repeat(65) })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a space',
    request: () => enroll(enrollment({ name: 'host 1' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a slash',
    request: () => enroll(enrollment({ name: '../etc' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a line break',
    request: () => enroll(enrollment({ name: 'host-1\n' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name with a NUL',
    request: () => enroll(enrollment({ name: 'host-\u0000' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name in other letters',
    request: () => enroll(enrollment({ name: 'höst-1' })),
    status: 400,
    code: 'malformed_request',
    pointer: '#/name',
  },
  {
    name: 'a name that the token does not allow',
    request: () => enroll(enrollment({ name: 'web-1' })),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/name',
  },
  {
    name: 'a name that crosses a dot',
    request: () => enroll(enrollment({ name: 'host-1.x' })),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/name',
  },
  {
    name: 'a wildcard',
    request: () => enroll(enrollment({ dnsNames: ['*.example.com'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a DNS name with an underscore',
    request: () => enroll(enrollment({ dnsNames: ['a_b.example.com'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a DNS name that ends with a dot',
    request: () => enroll(enrollment({ dnsNames: ['a.example.com.'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'an address as DNS name',
    request: () => enroll(enrollment({ dnsNames: ['203.0.113.1'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a DNS name that the token does not allow',
    request: () => enroll(enrollment({ dnsNames: ['a.example.org'] }), 'server'),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'a deeper DNS name',
    request: () => enroll(enrollment({ dnsNames: ['a.b.example.com'] }), 'server'),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/dnsNames/0',
  },
  {
    name: 'an address that is none',
    request: () => enroll(enrollment({ ipAddresses: ['203.0.113.256'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'an address in octal',
    request: () => enroll(enrollment({ ipAddresses: ['0313.0.113.1'] }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'an address that the token does not allow',
    request: () => enroll(enrollment({ ipAddresses: ['198.51.100.1'] }), 'server'),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'an address of an agent',
    request: () => enroll(enrollment({ ipAddresses: ['203.0.113.1'] })),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/ipAddresses/0',
  },
  {
    name: 'a metrics endpoint without DNS name',
    request: () => enroll(enrollment(), 'metrics'),
    status: 422,
    code: 'name_not_allowed',
    pointer: '#/dnsNames',
  },
  {
    name: 'a Fleet Server that agents would look for under another name',
    request: () =>
      enroll(
        enrollment({ dnsNames: ['other.example.com'], deployment: fleetAt('fleet.example.com') }),
        'server',
      ),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/dnsNames',
  },
  {
    name: 'a Fleet Server that agents would look for at another address',
    request: () =>
      enroll(enrollment({ ipAddresses: ['203.0.113.1'], deployment: fleetAt('203.0.113.2') }), 'server'),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/ipAddresses',
  },
  {
    name: '51 names',
    request: () =>
      enroll(enrollment({ dnsNames: Array.from({ length: 51 }, (_, i) => `h${i}.example.com`) }), 'server'),
    status: 400,
    code: 'malformed_request',
    pointer: '#/dnsNames',
  },
];

const TOKENS: readonly Row[] = [
  {
    name: 'no token',
    request: () => ({ ...enroll(enrollment()), headers: {} }),
    status: 401,
    code: 'token_missing',
  },
  {
    name: 'another scheme',
    request: () => enroll(enrollment(), 'agent', { authorization: 'Basic dXNlcjpwYXNz' }),
    status: 401,
    code: 'token_missing',
  },
  {
    name: 'an empty token',
    request: () => enroll(enrollment(), 'agent', { authorization: 'Bearer ' }),
    status: 401,
    code: 'token_missing',
  },
  {
    name: "Fleet's enrollment token",
    request: () => enroll(enrollment(), 'agent', { authorization: 'Bearer ZXhhbXBsZTpleGFtcGxl' }),
    status: 401,
    code: 'token_rejected',
  },
  {
    name: 'a token with one character more',
    request: () => enroll(enrollment(), 'agent', { authorization: `Bearer ${tokens.agent}x` }),
    status: 401,
    code: 'token_rejected',
  },
  {
    name: 'a token from elsewhere',
    request: () => enroll(enrollment(), 'elsewhere'),
    status: 422,
    code: 'source_not_allowed',
  },
];

const deployment = (changes: object) =>
  enroll(
    enrollment({
      deployment: {
        model: 'on-premises',
        os: 'linux',
        fleetUrl: 'https://fleet.example.com:8220',
        ...changes,
      },
    }),
  );
const DEPLOYMENTS: readonly Row[] = [
  {
    name: 'a model that does not exist',
    request: () => deployment({ model: 'moon' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/model',
  },
  {
    name: 'a system that does not exist',
    request: () => deployment({ os: 'beos' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/os',
  },
  {
    name: 'a version that is none',
    request: () => deployment({ stackVersion: 'latest' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/stackVersion',
  },
  {
    name: 'a version without the flags',
    request: () => deployment({ stackVersion: '8.12.2' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/stackVersion',
  },
  {
    name: 'a relative directory',
    request: () => deployment({ directory: 'certs' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: 'a directory with a space',
    request: () => deployment({ directory: '/etc/fleet seal' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: 'a directory with a comma',
    request: () => deployment({ directory: '/etc/a,b' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: "another system's directory",
    request: () => deployment({ os: 'windows', directory: '/etc/fleetseal' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/directory',
  },
  {
    name: 'a passphrase in a container',
    request: () => deployment({ os: 'container', keyPassphraseFile: '/p' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/keyPassphraseFile',
  },
  {
    name: 'Fleet over http',
    request: () => deployment({ fleetUrl: 'http://fleet.example.com:8220' }),
    status: 422,
    code: 'deployment_refused',
    pointer: '#/deployment/fleetUrl',
  },
  {
    name: 'an unknown field',
    request: () => deployment({ fleetURL: 'https://x' }),
    status: 400,
    code: 'unknown_field',
    pointer: '#/deployment/fleetURL',
  },
  {
    name: 'a field of another type',
    request: () => deployment({ agent: 'unprivileged' }),
    status: 400,
    code: 'malformed_request',
    pointer: '#/deployment/agent',
  },
];

const admin = (method: string, path: string, body?: unknown) => (): ApiRequest => ({
  method,
  path,
  credentials: cloud.local.admin,
  ...(body === undefined ? {} : { body }),
});
const policy = (changes: object) =>
  admin('POST', '/v1/tokens', { profile: 'agent', names: { commonName: 'a-*' }, ...changes });
const ADMIN: readonly Row[] = [
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

const ALL = [...CSRS, ...BODIES, ...NAMES, ...TOKENS, ...DEPLOYMENTS, ...ADMIN];

describe('bad input gets the documented problem, and nothing is written', () => {
  test('of at least 60 kinds', () => expect(ALL.length).toBeGreaterThanOrEqual(60));

  test.each(ALL)('$name: $status $code', ({ request, status, code, pointer }) =>
    expectProblem(request(), status, code, pointer),
  );

  test('mutated CSRs: a documented problem, or the certificate of the key that is in them', async () => {
    const der = makeCsr({ commonName: 'host-mutant' }).der;
    const position = fc.nat(der.length - 1);
    const mutation = fc.oneof(
      fc
        .record({ at: position, to: fc.integer({ min: 0, max: 255 }) })
        .map(({ at, to }) => Buffer.from(der).fill(to, at, at + 1)),
      position.map((at) => Buffer.from(der).subarray(0, at)),
      fc
        .record({ at: position, more: fc.uint8Array({ maxLength: 8 }) })
        .map(({ at, more }) => Buffer.concat([der.subarray(0, at), more, der.subarray(at)])),
    );
    await fc.assert(
      fc.asyncProperty(mutation, async (mutant) => {
        fc.pre(Buffer.compare(mutant, der) !== 0);
        cloud.local.calls.reset();
        const answer = await cloud.call(enroll({ name: 'host-mutant', csr: mutant.toString('base64') }));
        expect([400, 422]).toContain(answer.status);
        expect(['malformed_csr', 'csr_refused', 'key_refused']).toContain(at(answer.json, 'code'));
        expect(cloud.local.calls.all().filter(({ action }) => WRITES.includes(action))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

/** SEQUENCEs in SEQUENCEs. */
function nested(depth: number): string {
  let der = Buffer.from([0x30, 0]);
  for (let i = 0; i < depth && der.length < 120; i++) der = Buffer.concat([Buffer.of(0x30, der.length), der]);
  return der.toString('base64');
}
