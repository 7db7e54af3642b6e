import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ENROLLMENT_TOKEN_PLACEHOLDER } from '../../shared/elastic/deployment/deployment.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at, listAt, objectAt } from '../support/json.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());
afterEach(() => cloud.local.faults.clear());

/** What each of them must never be found as, wherever the service keeps things. */
const SECRETS = {
  token: 'ZmxlZXQtZW5yb2xsbWVudC10b2tlbg==',
  header: 'tenant-credential-4711',
  proxyHeader: 'proxy-credential-0815',
  login: 'proxy-login-1234',
};

const DEPLOYMENT = {
  model: 'on-premises',
  stackVersion: '9.5.2',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
};

const SECRETIVE = {
  ...DEPLOYMENT,
  fleetEnrollmentToken: SECRETS.token,
  agent: {
    headers: { 'X-Tenant': SECRETS.header },
    proxy: {
      url: `http://agent:${SECRETS.login}@proxy.example.com:3128`,
      headers: { 'X-Proxy': SECRETS.proxyHeader },
    },
  },
};

const administratorsKit = (serialNumber: unknown) =>
  cloud.admin('GET', `/v1/certificates/${serialNumber}/kit`);
const kitOf = (serialNumber: unknown) =>
  cloud.admin('GET', `/v1/certificates/${serialNumber}/kit?deployment=host`);

/** The kit as text, with what stands for secrets in their place. */
function filled(kit: unknown): string {
  return JSON.stringify(kit)
    .replaceAll(ENROLLMENT_TOKEN_PLACEHOLDER, SECRETS.token)
    .replaceAll('{{HEADER_X-Tenant}}', SECRETS.header)
    .replaceAll('{{PROXY_HEADER_X-Proxy}}', SECRETS.proxyHeader)
    .replaceAll('PROXY_USER', 'agent')
    .replaceAll('PROXY_PASSWORD', SECRETS.login);
}

describe('GET /v1/certificates/{serial}/kit?deployment=host', () => {
  test('answers the kit of the enrollment, and says which secrets to put in', async () => {
    const { json } = await cloud.enroll(await cloud.token(), enrollment({ deployment: SECRETIVE }));
    const answer = await kitOf(at(json, 'serialNumber'));
    expect(answer.status).toBe(200);
    const { notes, elasticAgent, ...rest } = JSON.parse(filled(answer.json));
    const { notes: enrolled, elasticAgent: commands, ...others } = objectAt(json, 'kit');
    expect(rest).toEqual(others);
    for (const path of ['install.arguments', 'enroll.arguments'])
      expect(at(elasticAgent, path)).toEqual(at(commands, path));
    const before = listAt(enrolled, '*.code');
    expect(listAt(notes, '*.code').filter((code) => !before.includes(code))).toEqual([
      'host_deployment',
      'recorded_without_secrets',
      'enrollment_token_missing',
    ]);
  });

  test('answers the last that was sent: another repeated request changes it, one without does not', async () => {
    const token = await cloud.token();
    const without = enrollment();
    const body = { ...without, deployment: DEPLOYMENT };
    const { json } = await cloud.enroll(token, body);
    const directory = async () => at((await kitOf(at(json, 'serialNumber'))).json, 'files.0.path');
    expect(await directory()).toBe('/etc/fleetseal/agent.crt');
    await cloud.enroll(token, { ...body, deployment: { ...DEPLOYMENT, directory: '/srv/tls' } });
    expect(await directory()).toBe('/srv/tls/agent.crt');
    await cloud.enroll(token, without);
    expect(await directory()).toBe('/srv/tls/agent.crt');
    const record = await cloud.admin('GET', `/v1/certificates/${at(json, 'serialNumber')}`);
    expect(at(record.json, 'hostDeployment')).toEqual({ ...DEPLOYMENT, directory: '/srv/tls' });
    expect(record.json).not.toHaveProperty('administratorDeployment');
  });

  test('is no kit where the host sent no deployment, whatever an administrator sent', async () => {
    const body = enrollment();
    const { json } = await cloud.enroll(await cloud.token(), body);
    const serialNumber = at(json, 'serialNumber');
    await cloud.admin('POST', '/v1/kits', {
      profile: 'agent',
      name: body.name,
      serialNumber,
      deployment: DEPLOYMENT,
    });
    const answer = await kitOf(serialNumber);
    expect([answer.status, at(answer.json, 'code')]).toEqual([404, 'deployment_not_recorded']);
    expect(at((await kitOf('1'.repeat(36))).json, 'code')).toBe('not_found');
  });

  test('a write that fails costs the host nothing: it gets certificate and kit, and the log says why', async () => {
    const token = await cloud.token();
    const body = enrollment({ deployment: DEPLOYMENT });
    const first = await cloud.enroll(token, body);
    cloud.local.logs.reset();
    cloud.local.faults.add({
      function: 'enroll',
      service: 'dynamodb',
      action: 'UpdateItem',
      does: 'throttle',
    });
    const again = await cloud.enroll(token, {
      ...body,
      deployment: { ...DEPLOYMENT, directory: '/srv/tls' },
    });
    expect([again.status, at(again.json, 'certificate')]).toEqual([200, at(first.json, 'certificate')]);
    expect(at(again.json, 'kit.files.0.path')).toBe('/srv/tls/agent.crt');
    const line = cloud.local.logs.lines().find((text) => text.includes('deployment not recorded'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 'WARN',
      serialNumber: at(first.json, 'serialNumber'),
      // Or the time for it was over first.
      error: { name: expect.stringMatching(/Throttl|ProvisionedThroughput|Abort/) },
    });
    expect(at((await kitOf(at(first.json, 'serialNumber'))).json, 'files.0.path')).toBe(
      '/etc/fleetseal/agent.crt',
    );
  });
});

describe('GET /v1/certificates/{serial}/kit', () => {
  test('is for what an administrator sent, and never for what the host sent', async () => {
    const token = await cloud.token();
    const body = enrollment({ deployment: { ...DEPLOYMENT, directory: '/srv/of-the-host' } });
    const { json } = await cloud.enroll(token, body);
    const serialNumber = at(json, 'serialNumber');
    const none = await administratorsKit(serialNumber);
    expect([none.status, at(none.json, 'code')]).toEqual([404, 'deployment_not_recorded']);
    expect(at(none.json, 'detail')).toContain('?deployment=host');

    const kit = { profile: 'agent', name: body.name, serialNumber };
    await cloud.admin('POST', '/v1/kits', { ...kit, deployment: SECRETIVE });
    await cloud.enroll(token, { ...body, deployment: { ...DEPLOYMENT, directory: '/srv/of-the-host/2' } });
    const answer = await administratorsKit(serialNumber);
    expect(at(answer.json, 'files.0.path')).toBe('/etc/fleetseal/agent.crt');
    expect(at(answer.json, 'notes.0.code')).toBe('recorded_deployment');
    expect(answer.text).not.toContain('of-the-host');
    expect(at((await kitOf(serialNumber)).json, 'files.0.path')).toBe('/srv/of-the-host/2/agent.crt');

    const record = await cloud.admin('GET', `/v1/certificates/${serialNumber}`);
    expect(at(record.json, 'administratorDeployment.fleetUrl')).toBe(DEPLOYMENT.fleetUrl);
    expect(at(record.json, 'hostDeployment.directory')).toBe('/srv/of-the-host/2');
    for (const secret of Object.values(SECRETS))
      expect([cloud.stored(), record.text].map((text) => text.includes(secret))).toEqual([false, false]);
  });

  test('nothing that a YAML reader, a template or a person would take for something else is recorded', async () => {
    const agent = { tags: ['x\u2028  securityContext:\u2028    privileged: true'] };
    const { status, json } = await cloud.enroll(
      await cloud.token(),
      enrollment({ deployment: { ...DEPLOYMENT, agent, directory: '/srv/{{file:/etc/shadow}}' } }),
    );
    expect(status).toBe(400);
    expect(listAt(json, 'errors.*.pointer')).toEqual(['#/deployment/directory', '#/deployment/agent/tags/0']);
  });
});

describe('the table', () => {
  test('has never held a secret of a deployment, nor has a log', async () => {
    const token = await cloud.token();
    const body = enrollment({ deployment: DEPLOYMENT });
    const { json } = await cloud.enroll(token, body);
    await cloud.enroll(token, { ...body, deployment: SECRETIVE });
    const record = await cloud.admin('GET', `/v1/certificates/${at(json, 'serialNumber')}`);
    const stored = cloud.stored();
    // It is looked for in the right place: what is no secret is there.
    expect(stored).toContain(DEPLOYMENT.fleetUrl);
    expect(stored).toContain('{{HEADER_X-Tenant}}');
    const log = cloud.local.logs.lines().join('\n');
    for (const secret of Object.values(SECRETS))
      expect([stored, record.text, log].map((text) => text.includes(secret))).toEqual([false, false, false]);
  });
});
