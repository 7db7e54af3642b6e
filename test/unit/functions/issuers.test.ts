import './environment.ts';
import { describe, expect, test } from '@jest/globals';
import { certifyIssuerHandler } from '../../../functions/certify-issuer/handler.ts';
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
