import './environment.ts';
import { describe, expect, test } from '@jest/globals';
import { kitView } from '../../../docs/generate/openapi/kit-answer.ts';
import { renderKitHandler } from '../../../functions/render-kit/handler.ts';
import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import { fromDate, plus } from '../../../shared/domain/instant.ts';
import type { IpAddress } from '../../../shared/domain/ip-address.ts';
import { toDecimal } from '../../../shared/domain/serial-number.ts';
import { recordDeployment } from '../../../shared/elastic/deployment/recording.ts';
import { at, listAt, textAt } from '../../support/json.ts';
import { commonName, NOW, sampleRecord, sampleRevocation } from '../../support/records.ts';
import { PEM } from '../elastic/rendering.ts';
import { issuingStore } from './issuing-store.ts';
import { quietly, told } from './told.ts';

const pem = (base64: string) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
const [LEAF, ISSUER, ROOT] = [pem('AQ=='), pem('Ag=='), pem('Aw==')];

const issued = sampleRecord({
  name: commonName('web-01'),
  keyKind: 'p256',
  state: 'ISSUED',
  certificate: Uint8Array.of(1),
});
const { serialNumber } = issued;

const DEPLOYMENT = {
  model: 'on-premises',
  stackVersion: '8.19.5',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
};

async function setUp(record: CertificateRecord = issued, now = NOW) {
  const store = await issuingStore(record);
  const before = store.calls.length;
  const handler = renderKitHandler({
    certificates: store,
    authority: store,
    deployments: store,
    clock: () => now,
    revocationUrl: 'http://pki.example.com',
  });
  return {
    store,
    calls: () => store.calls.slice(before),
    post: (body: object, headers: Readonly<Record<string, string>> = {}) =>
      quietly(handler, {
        route: '/kits',
        headers,
        body: { profile: 'agent', name: 'web-01', deployment: DEPLOYMENT, ...body },
      }),
  };
}

const contents = (kit: unknown) =>
  Object.fromEntries(listAt(kit, 'files').map((file) => [at(file, 'path'), at(file, 'contents')]));
const codes = (kit: unknown) => at(kit, 'notes.*.code');

test('POST /v1/kits takes no CA that has expired by now', async () => {
  const { post } = await setUp(issued, fromDate(new Date('2127-01-01T00:00:00Z')));
  const deployment = { ...DEPLOYMENT, trust: { fleetServer: { pem: PEM.other } } };
  const { status, json } = await post({ deployment });
  expect([status, at(json, 'code')]).toEqual([422, 'deployment_refused']);
  expect(at(json, 'detail')).toContain('"CN=other", which expired at 2126-11-04');
});

describe('POST /v1/kits with a serial number', () => {
  test.each([
    { name: 'in hex', said: serialNumber },
    { name: 'in decimal', said: toDecimal(serialNumber) },
  ])('$name renders the recorded certificate, in two reads, and records the deployment', async ({ said }) => {
    const { store, post, calls } = await setUp();
    const { status, json } = await post({ serialNumber: said });
    expect(status).toBe(200);
    expect(kitView.parse(json)).toEqual(json);
    expect(contents(json)).toEqual({
      '/etc/fleetseal/agent.crt': LEAF + ISSUER,
      '/etc/fleetseal/agent.key': null,
      '/etc/fleetseal/ca.crt': ROOT,
    });
    expect(codes(json)).not.toContain('certificate_to_come');
    expect([...calls()].sort()).toEqual(['certificate', 'readAuthority', 'recordAdministratorDeployment']);
    const recorded = () => store.tables.deployments.get(serialNumber);
    expect(recorded()).toBe(recordDeployment(DEPLOYMENT));
    expect(store.tables.records.get(serialNumber)).toEqual(issued);
    // The same again is no write; another is.
    await post({ serialNumber });
    expect(calls().filter((name) => name === 'recordAdministratorDeployment')).toHaveLength(1);
    await post({ serialNumber, deployment: { ...DEPLOYMENT, directory: '/srv/tls' } });
    expect(recorded()).toContain('/srv/tls');
  });

  test('records neither secrets nor what it refuses, and touches nothing that the host sent', async () => {
    const hostDeployment = recordDeployment({ ...DEPLOYMENT, directory: '/srv/of-the-host' });
    const { store, post } = await setUp({ ...issued, hostDeployment });
    const recorded = () => store.tables.deployments.get(serialNumber);
    expect((await post({ serialNumber, deployment: { ...DEPLOYMENT, directory: 'x' } })).status).toBe(422);
    expect(recorded()).toBeUndefined();
    const headers = { 'x-tenant': 'credential-4711' };
    await post({ serialNumber, deployment: { ...DEPLOYMENT, agent: { headers } } });
    expect(store.tables.records.get(serialNumber)).toEqual({ ...issued, hostDeployment });
    expect(recorded()).toContain('{{HEADER_x-tenant}}');
    expect(recorded()).not.toContain('4711');
  });

  test('says so, and renders nothing, where the deployment cannot be recorded', async () => {
    const { store, post } = await setUp();
    store.recordAdministratorDeployment = () => Promise.reject(new Error('throttled'));
    expect(await post({ serialNumber })).toMatchObject({
      status: 503,
      json: {
        code: 'try_again',
        detail: 'The deployment could not be recorded with its certificate. Send the same request again.',
      },
    });
  });

  test('takes the kind of key from the record, for the rules and notes that depend on it', async () => {
    const { post } = await setUp();
    const defend = { ...DEPLOYMENT, agent: { elasticDefend: true } };
    expect(codes((await post({ serialNumber, deployment: defend })).json)).toContain('defend_needs_rsa');
  });

  test('compares the names of the record with the addresses of the deployment', async () => {
    const record = { ...issued, profile: 'fleet-server', ipAddresses: ['192.0.2.7' as IpAddress] } as const;
    const { post } = await setUp(record);
    const at = (fleetUrl: string) => {
      const fleetServer = { policyId: 'p', elasticsearchUrl: 'https://es.example.com:9200' };
      return post({
        serialNumber,
        profile: 'fleet-server',
        deployment: { ...DEPLOYMENT, fleetUrl, fleetServer },
      });
    };
    expect((await at('https://192.0.2.7:8220')).status).toBe(200);
    expect(told(await at('https://fleet.example.com:8220'))).toEqual({
      '#/serialNumber':
        "agents reach this Fleet Server as fleet.example.com, which is not among the certificate's DNS names and IP addresses (it has 192.0.2.7): enroll again with it in dnsNames (and in names.dns of the token), or correct fleetUrl",
    });
  });

  test('refuses a certificate that is not the one described, naming what differs', async () => {
    const { post } = await setUp();
    const answer = await post({ serialNumber, profile: 'fleet-server', name: 'web-02', keyKind: 'rsa' });
    expect(answer).toMatchObject({ status: 409, json: { code: 'certificate_differs' } });
    const differs = (field: string, recorded: string, asked: string) =>
      `The certificate with this serial number has the ${field} "${recorded}", not "${asked}": send "${recorded}", or another serialNumber.`;
    expect(told(answer)).toEqual({
      '#/profile': differs('profile', 'agent', 'fleet-server'),
      '#/name': differs('name', 'web-01', 'web-02'),
      '#/keyKind': differs('keyKind', 'p256', 'rsa'),
    });
  });

  test.each([
    {
      name: 'that was revoked',
      record: { ...issued, state: 'REVOKED' as const, revocation: sampleRevocation() },
      now: NOW,
      status: 409,
      code: 'certificate_revoked',
      detail:
        'The certificate is revoked, so a kit for it would not work. Enroll again, or leave serialNumber out.',
    },
    {
      name: 'that was given up',
      record: sampleRecord({ ...issued, state: 'VOID', revocation: sampleRevocation() }),
      now: NOW,
      status: 409,
      code: 'certificate_revoked',
      detail:
        'The certificate is revoked, so a kit for it would not work. Enroll again, or leave serialNumber out.',
    },
    {
      name: 'that has expired',
      record: issued,
      now: plus(issued.validity.notAfter, 1),
      status: 409,
      code: 'certificate_expired',
      detail:
        'The certificate has expired, so a kit for it would not work. Enroll again, or leave serialNumber out.',
    },
    {
      name: 'that is not signed yet',
      record: sampleRecord({ serialNumber, name: issued.name, keyKind: 'p256' }),
      now: NOW,
      status: 503,
      code: 'try_again',
      detail: 'The certificate is being signed. Send the same request again.',
    },
    {
      name: 'that does not exist',
      record: sampleRecord(),
      now: NOW,
      status: 404,
      code: 'not_found',
      detail:
        'No certificate has this serial number. GET /v1/certificates lists them. Leave serialNumber out for the kit of a certificate not yet issued.',
    },
  ])('refuses a certificate $name', async ({ record, now, status, code, detail }) => {
    const { post } = await setUp(record, now);
    expect(await post({ serialNumber })).toMatchObject({ status, json: { code, detail } });
  });
});

describe('POST /v1/kits without a serial number', () => {
  test('renders all but the certificate, in one read', async () => {
    const { post, calls } = await setUp();
    const { status, json } = await post({});
    expect(status).toBe(200);
    expect(kitView.parse(json)).toEqual(json);
    expect(contents(json)).toEqual({
      '/etc/fleetseal/agent.crt': null,
      '/etc/fleetseal/agent.key': null,
      '/etc/fleetseal/ca.crt': ROOT,
    });
    expect(at(json, 'files.0.source')).toBe('service');
    expect(at(json, 'files.0.purpose')).toBe(
      'the certificate, followed by its issuers; comes with the enrollment',
    );
    expect(at(json, 'notes.0')).toMatchObject({
      code: 'certificate_to_come',
      message: expect.stringContaining('for a key of kind rsa'),
    });
    expect(at(json, 'elasticAgent.install.arguments')).toContain(
      '--elastic-agent-cert=/etc/fleetseal/agent.crt',
    );
    expect(calls()).toEqual(['readAuthority']);
  });

  test('gives a proxy the address of the revocation lists', async () => {
    const { post } = await setUp();
    const deployment = {
      model: 'on-premises-hosted-elasticsearch',
      os: 'linux',
      proxy: {
        elasticsearchUrl: 'https://es-proxy.example.com:9200',
        upstream: { elasticsearchUrl: 'https://abc.es.eu.elastic.cloud' },
      },
    };
    const { status, json } = await post({ profile: 'proxy', name: 'proxy-01', deployment });
    expect(status).toBe(200);
    expect(kitView.parse(json)).toEqual(json);
    expect(contents(json)).toMatchObject({
      '/etc/fleetseal/refresh-revocation-lists.sh': expect.stringContaining('\nurl=http://pki.example.com\n'),
      '/etc/fleetseal/crl/bundle.pem': null,
    });
    expect(textAt(json, 'proxy.revocationLists.fetch')).toBe('sh /etc/fleetseal/refresh-revocation-lists.sh');
  });

  test('names the file where a setting would hold the certificate itself', async () => {
    const { post } = await setUp();
    const outputs = [
      { type: 'logstash', name: 'out', hosts: ['logstash.example.com:5044'], isDefault: true },
    ];
    const { json } = await post({
      profile: 'output-client',
      deployment: { model: 'on-premises', stackVersion: '9.5.2', os: 'linux', outputs },
    });
    const file = '{{file:/etc/fleetseal/output-client.crt}}';
    expect(textAt(json, 'outputs.0.kibanaApi.create.body.ssl.certificate').trim()).toBe(file);
    // In quotes, as the filter that fills it in needs it.
    expect(at(json, 'outputs.0.yaml')).toContain(`ssl.certificate: "${file}"`);
  });

  test('is for another kind of key where one is said', async () => {
    const { post } = await setUp();
    const deployment = { ...DEPLOYMENT, keyPassphraseFile: '/etc/fleetseal/agent.pass' };
    const answer = await post({ keyKind: 'ed25519', deployment });
    expect(answer).toMatchObject({ status: 422, json: { code: 'deployment_refused' } });
    expect(Object.keys(told(answer))).toEqual(['#/deployment/keyPassphraseFile']);
  });
});

describe('POST /v1/kits refuses', () => {
  test.each([
    {
      name: 'a field that does not exist, at any depth',
      body: { deployment: { ...DEPLOYMENT, outputs: [{ type: 'kafka', topics: [] }], fleetURL: '' } },
      code: 'unknown_field',
      pointers: ['#/deployment/outputs/0/topics', '#/deployment/fleetURL'],
    },
    {
      name: 'fields of other types',
      body: {
        deployment: {
          ...DEPLOYMENT,
          fleetServer: { port: '8220' },
          proxy: 'nginx',
          eck: { metricsPort: 1.5 },
          trust: { kafka: 'none' },
        },
      },
      code: 'malformed_request',
      pointers: [
        '#/deployment/fleetServer/port',
        '#/deployment/proxy',
        '#/deployment/eck/metricsPort',
        '#/deployment/trust/kafka',
      ],
    },
    {
      name: 'what is missing',
      body: { profile: undefined, name: undefined, deployment: undefined },
      code: 'malformed_request',
      pointers: ['#/profile', '#/name', '#/deployment'],
    },
    {
      name: 'a serial number that none can be, and a name',
      body: { serialNumber: 'xyz', name: 'a b' },
      code: 'malformed_request',
      pointers: ['#/name', '#/serialNumber'],
    },
  ])('$name', async ({ body, code, pointers }) => {
    const { post, calls } = await setUp();
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, json: { code } });
    expect(Object.keys(told(answer)).sort()).toEqual([...pointers].sort());
    expect(calls()).toEqual([]);
  });

  test('a decimal number above all serial numbers: there is no such certificate', async () => {
    const { post, calls } = await setUp();
    expect(await post({ serialNumber: '9'.repeat(44) })).toMatchObject({
      status: 404,
      json: { code: 'not_found' },
    });
    expect(calls()).toEqual([]);
  });
});

describe('POST /v1/kits with names, to try the kit of a server beforehand', () => {
  const server = {
    profile: 'fleet-server',
    name: 'fleet-01',
    deployment: {
      ...DEPLOYMENT,
      fleetServer: { policyId: 'p', elasticsearchUrl: 'https://es.example.com:9200' },
    },
  };

  test('accepts the names that agents use, and does not say that they are unknown', async () => {
    const { post } = await setUp();
    const { status, json } = await post({ ...server, dnsNames: ['Fleet.example.com'] });
    expect([status, at(json, 'code')]).toEqual([200, undefined]);
    expect(codes(json)).not.toContain('fleet_url_in_certificate');
    expect(codes((await post(server)).json)).toContain('fleet_url_in_certificate');
  });

  test.each([
    {
      name: 'names that agents do not use',
      body: { dnsNames: ['other.example.com'], ipAddresses: ['192.0.2.7'] },
      code: 'deployment_refused',
      error: ['#/dnsNames', 'add it to dnsNames (and to names.dns of the token)'],
    },
    {
      name: 'only addresses',
      body: { ipAddresses: ['192.0.2.7'] },
      code: 'deployment_refused',
      error: ['#/dnsNames', '(it has 192.0.2.7)'],
    },
    {
      name: 'names that no certificate of the profile contains',
      body: { profile: 'agent', ipAddresses: ['192.0.2.7'], deployment: DEPLOYMENT },
      code: 'name_outside_profile',
      error: ['#/ipAddresses/0', 'Certificates of profile "agent" contain no IP addresses. Leave it out.'],
    },
    {
      name: 'what is not a DNS name',
      body: { dnsNames: ['fleet_server'] },
      code: 'malformed_request',
      error: ['#/dnsNames/0', 'must be'],
    },
    {
      name: 'other names than those of the certificate',
      body: {
        profile: 'agent',
        name: 'web-01',
        serialNumber,
        dnsNames: ['b.example.com'],
        deployment: DEPLOYMENT,
      },
      code: 'certificate_differs',
      error: ['#/dnsNames', 'not "b.example.com"'],
    },
  ])('refuses $name', async ({ body, code, error: [pointer = '', words = ''] }) => {
    const { post } = await setUp();
    const { json } = await post({ ...server, ...body });
    expect(at(json, 'code')).toBe(code);
    expect(listAt(json, 'errors').map((error) => [at(error, 'pointer'), at(error, 'detail')])).toContainEqual(
      [pointer, expect.stringContaining(words)],
    );
  });
});

describe('POST /v1/kits as a script', () => {
  const windows = { deployment: { ...DEPLOYMENT, os: 'windows' } };
  const NO_SCRIPT =
    'An agent that ECK runs has no files on a host, so its kit is not a script: request it as JSON.';
  const [shell, powershell] = ['text/x-shellscript', 'text/x-powershell'];
  const ECK_AGENT = {
    model: 'on-premises',
    stackVersion: '9.5.2',
    os: 'container',
    container: { runtime: 'eck', namespace: 'elastic', image: 'registry.example.com/kubectl:1' },
    eck: { eckVersion: '3.5.0', enterpriseLicense: true },
  };

  test.each([
    { name: 'by format, in POSIX sh', body: { format: 'script' }, headers: {}, type: shell },
    {
      name: 'by format, in PowerShell',
      body: { format: 'script', ...windows },
      headers: {},
      type: powershell,
    },
    { name: 'by Accept', body: {}, headers: { accept: shell }, type: shell },
    { name: 'by Accept, on Windows', body: windows, headers: { accept: powershell }, type: powershell },
    {
      name: 'by format, to a caller that accepts anything',
      body: { format: 'script' },
      headers: { accept: 'application/json;q=0.5, */*' },
      type: shell,
    },
  ])('is returned $name', async ({ body, headers, type }) => {
    const { post } = await setUp();
    const answer = await post({ serialNumber, ...body }, headers);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, `${type}; charset=utf-8`]);
    expect(answer.body).toContain(`# The certificate ${serialNumber} of agent web-01, from fleetseal. See `);
  });

  test.each([
    { name: 'nothing is said', body: {}, headers: {} },
    { name: 'anything is accepted', body: {}, headers: { accept: '*/*' } },
    {
      name: 'the format is json',
      body: { format: 'json' },
      headers: { accept: `${shell}, application/json;q=0.1` },
    },
  ])('is not returned where $name', async ({ body, headers }) => {
    const { post } = await setUp();
    expect((await post(body, headers)).headers['content-type']).toBe('application/json');
  });

  test.each([
    {
      name: 'another system',
      body: windows,
      headers: { accept: shell },
      detail:
        'text/x-shellscript is for Linux and macOS, and deployment.os is windows: accept application/json.',
    },
    {
      name: 'a format that the header does not accept',
      body: { format: 'script' },
      headers: { accept: 'application/json' },
      detail: 'The header Accept must allow text/x-shellscript.',
    },
    {
      name: 'a media type that there is not',
      body: {},
      headers: { accept: 'application/pem-certificate-chain' },
      detail: 'The header Accept must allow application/json, text/x-shellscript, or text/x-powershell.',
    },
    {
      name: 'an agent that ECK runs',
      body: { keyKind: 'p256', deployment: ECK_AGENT },
      headers: { accept: shell },
      detail: NO_SCRIPT,
    },
  ])('is refused for $name, and nothing is recorded', async ({ body, headers, detail }) => {
    const { post, calls } = await setUp({ ...issued, keyKind: 'p256' });
    const answer = await post({ serialNumber, ...body }, headers);
    expect(answer).toMatchObject({ status: 406, json: { code: 'not_acceptable', detail } });
    expect(calls()).not.toContain('recordAdministratorDeployment');
  });

  test('is refused by the deployment where format asks for it of an agent that ECK runs', async () => {
    const { post, calls } = await setUp({ ...issued, keyKind: 'p256' });
    const answer = await post({ serialNumber, format: 'script', deployment: ECK_AGENT });
    expect(answer).toMatchObject({ status: 422, json: { code: 'deployment_refused', detail: NO_SCRIPT } });
    expect(calls()).not.toContain('recordAdministratorDeployment');
  });

  test('records the deployment of an issued certificate', async () => {
    const { store, post } = await setUp();
    await post({ serialNumber, format: 'script' });
    expect(store.tables.deployments.get(serialNumber)).toBe(recordDeployment(DEPLOYMENT));
  });

  test('knows no other format', async () => {
    const { post } = await setUp();
    const answer = await post({ format: 'sh' });
    expect(told(answer)).toEqual({ '#/format': expect.stringContaining('"json"') });
  });
});
