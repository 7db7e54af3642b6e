import './environment.ts';
import { expect, test } from '@jest/globals';
import { reportCompromiseHandler } from '../../../functions/report-compromise/handler.ts';
import { reportCompromiseAnswer } from '../../../functions/report-compromise/response.ts';
import { toDecimal } from '../../../shared/domain/serial-number.ts';
import { makeCsr } from '../../support/csr.ts';
import { at } from '../../support/json.ts';
import { makeJws } from '../../support/proofs.ts';
import { World } from '../issuance/world.ts';
import { revoking } from '../revocation/revoking.ts';
import { quietly, told } from './told.ts';

async function setUp() {
  const world = await World.create();
  const report = (body: object) =>
    quietly(reportCompromiseHandler(revoking(world)), {
      method: 'POST',
      route: '/revoke',
      principal: null,
      body,
    });
  return { world, report };
}

test('POST /v1/revoke revokes the certificate, and says so as the description has it', async () => {
  const { world, report } = await setUp();
  const { pem, privateKey } = makeCsr({ kind: 'p256' });
  const { record } = await world.enroll(world.request(await world.token(), { csr: pem }));
  const { serialNumber } = record;
  const jws = makeJws({ privateKey, keyKind: 'p256' }, { serialNumber, revoke: true });
  const { status, json } = await report({ jws });
  expect(status).toBe(200);
  expect(json).toEqual({
    revoked: [
      {
        serialNumber,
        serialNumberDecimal: toDecimal(serialNumber),
        revokedAt: '2026-11-23T06:00:00Z',
        reason: 'keyCompromise',
      },
    ],
  });
  expect(reportCompromiseAnswer.parse(json)).toEqual(json);
});

test.each([
  { name: 'nothing', body: {} },
  { name: 'both', body: { cms: 'MAA=', jws: 'e30.e30.e30' } },
])('a body with $name is refused', async ({ body }) => {
  const answer = await (await setUp()).report(body);
  expect([answer.status, at(answer.json, 'code')]).toEqual([400, 'malformed_request']);
  expect(told(answer)).toEqual({ '#': 'The body must have either cms or jws.' });
});

test.each([
  { body: { cms: 'MAA=' }, pointer: '#/cms' },
  { body: { jws: 'e30.e30.e30' }, pointer: '#/jws' },
])('what is not a proof is refused with the field: $pointer', async ({ body, pointer }) => {
  const answer = await (await setUp()).report(body);
  expect([answer.status, at(answer.json, 'code')]).toEqual([400, 'malformed_proof']);
  expect(Object.keys(told(answer))).toEqual([pointer]);
});

test('a rejected proof is 401, and asks for no bearer token', async () => {
  const { report } = await setUp();
  const { privateKey } = makeCsr({ kind: 'p256' });
  const jws = makeJws({ privateKey, keyKind: 'p256' }, { serialNumber: `01${'0'.repeat(34)}`, revoke: true });
  const { status, json, headers } = await report({ jws });
  expect([status, at(json, 'code')]).toEqual([401, 'proof_rejected']);
  expect(headers).toMatchObject({ 'www-authenticate': 'Proof-Of-Possession realm="fleetseal"' });
});
