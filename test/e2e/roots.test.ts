import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at, textAt } from '../support/json.ts';
import { oldRoot } from '../support/old-roots.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const bundle = async () => (await cloud.call({ path: '/v1/trust.pem' })).text;

test('an additional root is in whatever hosts get, until it is removed', async () => {
  const own = await bundle();
  const pem = oldRoot('Old CA');
  const added = await cloud.admin('POST', '/v1/roots', { pem });
  expect(added).toMatchObject({
    status: 201,
    json: { subject: 'O=Acme, CN=Old CA', inSettings: false, certificate: pem },
  });
  expect((await cloud.admin('POST', '/v1/roots', { pem })).status).toBe(200);
  expect(await bundle()).toBe(own + pem);

  const { json } = await cloud.enroll(await cloud.token(), enrollment());
  expect(textAt(json, 'caBundle')).toBe(own + pem);
  const deployment = { model: 'on-premises', os: 'linux', fleetUrl: 'https://fleet.example.com:8220' };
  const kits = [
    await cloud.admin('POST', '/v1/kits', {
      profile: 'agent',
      name: textAt(json, 'name'),
      serialNumber: textAt(json, 'serialNumber'),
      deployment,
    }),
    await cloud.admin('GET', `/v1/certificates/${textAt(json, 'serialNumber')}/kit`),
  ];
  for (const kit of kits) expect(at(kit.json, 'files.*.contents')).toContain(own + pem);

  const listed = await cloud.admin('GET', '/v1/roots');
  expect(at(listed.json, 'roots.*.certificate')).toEqual([own]);
  expect(at(listed.json, 'additionalRoots')).toEqual([added.json]);

  // As `openssl x509 -fingerprint -sha256` prints it.
  const { fingerprint256 } = new X509Certificate(pem);
  expect((await cloud.admin('DELETE', `/v1/roots/${fingerprint256}`)).status).toBe(204);
  expect(await bundle()).toBe(own);
});

test('a root that is refused says why', async () => {
  const refused = await cloud.admin('POST', '/v1/roots', { pem: await bundle() });
  expect(refused).toMatchObject({
    status: 422,
    json: {
      code: 'root_refused',
      detail: '"CN=fleetseal fleet root-1" is root-1 of this authority: the trust bundle contains it.',
    },
  });
  const gone = await cloud.admin('DELETE', `/v1/roots/${'ab'.repeat(32)}`);
  expect(gone).toMatchObject({ status: 404, json: { code: 'not_found' } });
});
