import './environment.ts';
import { describe, expect, test } from '@jest/globals';
import { kitView } from '../../../docs/generate/openapi/kit-answer.ts';
import { getCertificateKitHandler } from '../../../functions/get-certificate-kit/handler.ts';
import { renderKitHandler } from '../../../functions/render-kit/handler.ts';
import type { DnsName } from '../../../shared/domain/dns-name.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { toDecimal } from '../../../shared/domain/serial-number.ts';
import { recordDeployment } from '../../../shared/elastic/deployment/recording.ts';
import { at } from '../../support/json.ts';
import { commonName, NOW, sampleRecord, sampleRevocation } from '../../support/records.ts';
import { issuingStore, type Recorded } from './issuing-store.ts';
import { quietly, told } from './told.ts';

const DEPLOYMENT = {
  model: 'on-premises',
  stackVersion: '8.19.5',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
};

/** What only a host would say. */
const OF_HOST = { ...DEPLOYMENT, directory: '/srv/of-the-host' };

const issued: Recorded = {
  ...sampleRecord({
    name: commonName('web-01'),
    state: 'ISSUED',
    certificate: Uint8Array.of(1),
    hostDeployment: recordDeployment(OF_HOST),
  }),
  administratorDeployment: recordDeployment(DEPLOYMENT),
};
const { serialNumber } = issued;

async function setUp(record: Recorded = issued, now = NOW) {
  const store = await issuingStore(record);
  const before = store.calls.length;
  const deps = {
    certificates: store,
    authority: store,
    deployments: store,
    clock: () => now,
    revocationUrl: 'http://pki.example.com',
  };
  const route = '/certificates/{serial}/kit';
  return {
    calls: () => store.calls.slice(before),
    get: (
      serial: string = serialNumber,
      query: Readonly<Record<string, string>> = {},
      headers: Readonly<Record<string, string>> = {},
    ) => quietly(getCertificateKitHandler(deps), { method: 'GET', route, path: { serial }, query, headers }),
    post: (body: object) => quietly(renderKitHandler(deps), { route: '/kits', body }),
  };
}

describe('GET /v1/certificates/{serial}/kit', () => {
  test.each([
    { name: 'in hex', said: serialNumber },
    { name: 'in decimal', said: toDecimal(serialNumber) },
  ])('$name renders what POST /v1/kits would, in two reads and no write', async ({ said }) => {
    const { get, post, calls } = await setUp();
    const { status, json } = await get(said);
    expect([...calls()].sort()).toEqual(['certificate', 'readAuthority']);
    expect(status).toBe(200);
    const kit = kitView.parse(json);
    expect(kit).toEqual(json);
    const asked = await post({ profile: 'agent', name: 'web-01', serialNumber, deployment: DEPLOYMENT });
    const [first, ...notes] = kit.notes;
    expect(first?.code).toBe('recorded_deployment');
    expect({ ...kit, notes }).toEqual(asked.json);
  });

  test('gives a proxy the address of the revocation lists', async () => {
    const deployment = {
      model: 'on-premises-hosted-elasticsearch',
      os: 'linux',
      proxy: {
        elasticsearchUrl: 'https://es-proxy.example.com:9200',
        upstream: { elasticsearchUrl: 'https://abc.es.eu.elastic.cloud' },
      },
    };
    const { get } = await setUp({
      ...issued,
      profile: 'proxy',
      dnsNames: ['es-proxy.example.com' as DnsName],
      administratorDeployment: recordDeployment(deployment),
    });
    const { status, json } = await get();
    expect(status).toBe(200);
    expect(JSON.stringify(at(json, 'files.*.contents'))).toContain('\\nurl=http://pki.example.com\\n');
  });

  test("renders the host's own deployment only where it is asked for by name, and says whose it is", async () => {
    const { get } = await setUp();
    expect(JSON.stringify(await get())).not.toContain('of-the-host');
    const { status, json } = await get(serialNumber, { deployment: 'host' });
    expect(status).toBe(200);
    expect(at(json, 'files.0.path')).toBe('/srv/of-the-host/agent.crt');
    expect([at(json, 'notes.0.code'), at(json, 'notes.0.severity')]).toEqual(['host_deployment', 'warning']);
    expect(kitView.parse(json)).toEqual(json);
    expect((await get(serialNumber, { deployment: 'administrator' })).json).toEqual((await get()).json);
  });

  test.each([
    { name: 'by name', query: { format: 'script' }, headers: {} },
    { name: 'by Accept', query: {}, headers: { accept: 'text/x-shellscript' } },
  ])('is a script where one is requested $name', async ({ query, headers }) => {
    const { get } = await setUp();
    const { status, body, headers: sent } = await get(serialNumber, query, headers);
    expect([status, sent['content-type']]).toEqual([200, 'text/x-shellscript; charset=utf-8']);
    expect(body).toContain("install_command='./elastic-agent install ");
    expect(body).toContain(`serial_number=${serialNumber}`);
  });

  test("warns in the script of the host's own deployment, which it prints before anything is done", async () => {
    const { get } = await setUp();
    const { body } = await get(serialNumber, { deployment: 'host', format: 'script' });
    expect(body).toContain("warnings='This kit was rendered from the deployment that the host itself sent");
    expect((await get(serialNumber, { format: 'script' })).body).not.toContain('the host itself sent');
  });

  test('refuses a script for a caller that does not accept it', async () => {
    const { get } = await setUp();
    expect(await get(serialNumber, { format: 'script' }, { accept: 'application/json' })).toMatchObject({
      status: 406,
      json: { code: 'not_acceptable', detail: 'The header Accept must allow text/x-shellscript.' },
    });
  });

  test('knows no other sender', async () => {
    const { get, calls } = await setUp();
    expect(await get(serialNumber, { deployment: 'Host' })).toMatchObject({ status: 400 });
    expect(calls()).toEqual([]);
  });

  test('says so where the host sent none', async () => {
    const { get } = await setUp(
      sampleRecord({ serialNumber, state: 'ISSUED', certificate: Uint8Array.of(1) }),
    );
    expect(await get(serialNumber, { deployment: 'host' })).toMatchObject({
      status: 404,
      json: {
        code: 'deployment_not_recorded',
        detail:
          'No deployment came with the enrollment of this certificate. Send POST /v1/kits with its profile, name and serialNumber and a deployment.',
      },
    });
  });

  const unusable =
    'Enroll again, or send POST /v1/kits without serialNumber for the kit of a certificate not yet issued.';

  test.each([
    {
      name: 'for which no administrator sent a deployment, whatever the host sent',
      record: sampleRecord({
        serialNumber,
        state: 'ISSUED',
        certificate: Uint8Array.of(1),
        hostDeployment: recordDeployment(OF_HOST),
      }),
      now: NOW,
      status: 404,
      code: 'deployment_not_recorded',
      detail:
        'No administrator has sent a deployment for this certificate. Send POST /v1/kits with its profile, name and serialNumber and a deployment; or add ?deployment=host to use the one that the host sent; read the result before you trust it.',
    },
    {
      name: 'that does not exist',
      record: sampleRecord(),
      now: NOW,
      status: 404,
      code: 'not_found',
      detail: 'No certificate has this serial number. GET /v1/certificates lists them.',
    },
    {
      name: 'that was revoked',
      record: { ...issued, state: 'REVOKED' as const, revocation: sampleRevocation() },
      now: NOW,
      status: 409,
      code: 'certificate_revoked',
      detail: `The certificate is revoked, so a kit for it would not work. ${unusable}`,
    },
    {
      name: 'that was given up',
      record: sampleRecord({ serialNumber, state: 'VOID', revocation: sampleRevocation() }),
      now: NOW,
      status: 409,
      code: 'certificate_revoked',
      detail: `The certificate is revoked, so a kit for it would not work. ${unusable}`,
    },
    {
      name: 'that has expired',
      record: issued,
      now: plus(issued.validity.notAfter, 1),
      status: 409,
      code: 'certificate_expired',
      detail: `The certificate has expired, so a kit for it would not work. ${unusable}`,
    },
    {
      name: 'that is not signed yet',
      record: sampleRecord({ serialNumber }),
      now: NOW,
      status: 503,
      code: 'try_again',
      detail: 'The certificate is being signed. Send the same request again.',
    },
  ])('refuses a certificate $name', async ({ record, now, status, code, detail }) => {
    const { get } = await setUp(record, now);
    expect(await get()).toMatchObject({ status, json: { code, detail } });
  });

  test('refuses a serial number that none can be, without a read', async () => {
    const { get, calls } = await setUp();
    expect(await get('xyz')).toMatchObject({ status: 400, json: { code: 'malformed_request' } });
    expect(calls()).toEqual([]);
  });

  describe('where the rules have changed since the deployment was recorded', () => {
    const withDeployment = (deployment: object) =>
      setUp({ ...issued, administratorDeployment: JSON.stringify(deployment) });
    const frame = (why: string) =>
      `The deployment recorded for this certificate breaks the current rules: ${why}. Send POST /v1/kits with serialNumber and a valid deployment.`;

    test('names each that refuses it', async () => {
      const { get } = await withDeployment({ ...DEPLOYMENT, stackVersion: '8.12.0' });
      const answer = await get();
      const why = 'Elastic Agent 8.12.0 does not support a client certificate: upgrade it to 8.13.0 or later';
      expect(answer).toMatchObject({ status: 422, json: { code: 'deployment_refused', detail: frame(why) } });
      expect(told(answer)).toEqual({ '#/deployment/stackVersion': why });
    });

    test.each([
      [
        { directory: '/tmp/tls' },
        'directory is below /tmp, which the system empties now and then: use another place, for example /etc/fleetseal',
      ],
      [
        { keyPassphraseFile: '/var/tmp/agent.pass' },
        'keyPassphraseFile is below /var/tmp, which the system empties now and then: use another place, for example /etc/fleetseal/agent.pass',
      ],
      [
        { directory: '/etc/a$$b' },
        'directory contains "$$", which programs of Elastic replace: use a path without it',
      ],
    ])('gives the reason and the way out: %j', async (changed, why) => {
      const { get } = await withDeployment({ ...DEPLOYMENT, ...changed });
      expect(await get()).toMatchObject({ status: 422, json: { detail: frame(why) } });
    });

    test('says so of fields that are no more', async () => {
      const { get } = await withDeployment({ ...DEPLOYMENT, colour: 'blue' });
      const answer = await get();
      expect(answer).toMatchObject({ status: 422, json: { code: 'deployment_refused' } });
      expect(at(answer.json, 'detail')).toContain(
        'current rules: deployment.colour is not a known field; the fields are model,',
      );
    });

    test('says so of texts that no request may hold any more', async () => {
      const { get } = await withDeployment({ ...DEPLOYMENT, agent: { tags: ['x\u2028  privileged: true'] } });
      const why =
        'deployment.agent.tags[0] contains U+2028, a control, format or separator character: remove it';
      expect(await get()).toMatchObject({
        status: 422,
        json: { code: 'deployment_refused', detail: frame(why) },
      });
    });

    test('takes placeholders for secrets where it recorded them itself, and nowhere else', async () => {
      const headers = { 'x-tenant': '{{HEADER_x-tenant}}' };
      const { get } = await withDeployment({ ...DEPLOYMENT, agent: { headers } });
      const { status, json } = await get();
      expect(status).toBe(200);
      expect(at(json, 'elasticAgent.enroll.arguments')).toContain('--header=x-tenant={{HEADER_x-tenant}}');
      for (const agent of [
        { headers: { 'x-tenant': '{{HEADER_x-other}}' } },
        { headers: { 'x-tenant': '{{file:/etc/shadow}}' } },
        { tags: ['{{HEADER_0}} {{'] },
      ])
        expect((await (await withDeployment({ ...DEPLOYMENT, agent })).get()).status).toBe(422);
    });
  });
});
