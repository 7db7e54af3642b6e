import './environment.ts';
import { describe, expect, test } from '@jest/globals';
import { certifyIssuerHandler } from '../../../functions/certify-issuer/handler.ts';
import { changeIssuerHandler } from '../../../functions/change-issuer/handler.ts';
import { changeIssuerAnswer, compromiseIssuerAnswer } from '../../../functions/change-issuer/response.ts';
import { listIssuersHandler } from '../../../functions/list-issuers/handler.ts';
import { listIssuersAnswer } from '../../../functions/list-issuers/response.ts';
import { issuerView } from '../../../shared/http/contract/issuer.ts';
import { at } from '../../support/json.ts';
import { ADMIN as PRINCIPAL } from '../http/gateway.ts';
import { IssuerWorld } from '../rotation/issuer-world.ts';
import { quietly, told } from './told.ts';

const post = (world: IssuerWorld, body?: unknown) =>
  quietly(certifyIssuerHandler(world), { route: '/issuers', ...(body === undefined ? {} : { body }) });

describe('POST /v1/issuers', () => {
  test.each([
    { name: 'no body', body: undefined },
    { name: 'an empty object', body: {} },
    { name: 'the slot', body: { id: 'issuer-2' } },
  ])('with $name certifies the next issuer, and says who wanted it', async ({ body }) => {
    const world = await IssuerWorld.create();
    const { status, json } = await post(world, body);
    expect(status).toBe(201);
    expect(issuerView.parse(json)).toEqual(json);
    expect(json).toMatchObject({
      id: 'issuer-2',
      state: 'READY',
      root: 'root-1',
      certificate: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
      changes: [{ to: 'READY', by: PRINCIPAL }],
    });
    expect(await post(world, body)).toMatchObject({ status: 200, json });
  });

  test.each([
    { body: { keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/evil' }, pointer: '#/keyArn' },
    { body: { id: 'root-1' }, pointer: '#/id' },
    { body: { id: 'issuer-0' }, pointer: '#/id' },
  ])('refuses $body: a request names a slot, and nothing else', async ({ body, pointer }) => {
    const world = await IssuerWorld.create();
    const answer = await post(world, body);
    expect(answer.status).toBe(400);
    expect(Object.keys(told(answer))).toEqual([pointer]);
    expect(world.signer.signatures).toBe(2);
  });
});

test('GET /v1/issuers lists all with their states', async () => {
  const world = await IssuerWorld.create();
  const { status, json } = await quietly(listIssuersHandler(world), { method: 'GET', route: '/issuers' });
  expect(status).toBe(200);
  expect(listIssuersAnswer.parse(json)).toEqual(json);
  expect(at(json, 'items.*.state')).toEqual(['ACTIVE']);
  expect(at(json, 'freeSlots')).toEqual(['issuer-2', 'issuer-3']);
});

describe('POST /v1/issuers/{id}/...', () => {
  const change = (world: IssuerWorld, action: string, body?: unknown, id = 'issuer-2') =>
    quietly(changeIssuerHandler(world), {
      route: `/issuers/{id}/${action}`,
      path: { id },
      ...(body === undefined ? {} : { body }),
    });

  test('activate drains the other one, and says what changed and who did it', async () => {
    const world = await IssuerWorld.create();
    await post(world);
    const { status, json } = await change(world, 'activate', { comment: 'rollover of 2031' });
    expect(status).toBe(200);
    expect(changeIssuerAnswer.parse(json)).toEqual(json);
    expect(json).toMatchObject({ state: 'ACTIVE', changed: ['issuer-2', 'issuer-1'] });
    expect(at(json, 'changes.1')).toMatchObject({ by: PRINCIPAL, comment: 'rollover of 2031' });
    expect((await change(world, 'activate')).json).toMatchObject({ state: 'ACTIVE', changed: [] });
  });

  test('compromise says what takes effect where, and what does not', async () => {
    const world = await IssuerWorld.create();
    await post(world);
    const { status, json } = await change(
      world,
      'compromise',
      { revokeAt: '2026-11-25T06:00:00Z' },
      'issuer-1',
    );
    expect(status).toBe(200);
    expect(compromiseIssuerAnswer.parse(json)).toEqual(json);
    expect(json).toMatchObject({
      state: 'COMPROMISED',
      compromisedAt: '2026-11-23T06:00:00Z',
      revokeAt: '2026-11-25T06:00:00Z',
      effect: {
        issuance: 'issuer-1 signs no certificate of a host from now on. Certificates come from issuer-2.',
        revocation: expect.stringContaining('revokes issuer-1 within minutes of 2026-11-25T06:00:00Z'),
        verifiers: expect.stringContaining('check neither lists nor OCSP'),
      },
    });
  });

  test('compromise without a successor says that nothing is issued, and what to do', async () => {
    const world = await IssuerWorld.create();
    const { json } = await change(world, 'compromise', undefined, 'issuer-1');
    expect(at(json, 'effect.issuance')).toMatch(/No issuer is active.*POST \/v1\/issuers makes the next/);
  });

  test.each([
    { action: 'activate', body: { revokeAt: '2026-11-25T06:00:00Z' }, pointer: '#/revokeAt' },
    { action: 'compromise', body: { revokeAt: 'soon' }, pointer: '#/revokeAt' },
    { action: 'retire', body: { force: true }, pointer: '#/force' },
  ])('$action refuses $body', async ({ action, body, pointer }) => {
    const answer = await change(await IssuerWorld.create(), action, body);
    expect([answer.status, Object.keys(told(answer))]).toEqual([400, [pointer]]);
  });

  test.each([
    { id: 'issuer-2', status: 404, code: 'not_found' },
    { id: 'issuer-1', status: 409, code: 'state_conflict' },
  ])('draining $id is $code', async ({ id, ...expected }) => {
    const { status, json } = await change(await IssuerWorld.create(), 'drain', {}, id);
    expect({ status, code: at(json, 'code') }).toEqual(expected);
  });
});
