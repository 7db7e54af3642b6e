import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { callApi } from '../../support/api-client.ts';
import { at, numberAt } from '../../support/json.ts';
import {
  allow,
  fixtureResources,
  getAtt,
  getItem,
  role,
  type Step,
  TABLE,
  writeAssembly,
} from './fixture.ts';

/** The fixture with a schedule, which makes the function write a line. */
function withSchedule() {
  const SchedulerRole = role(allow('lambda:InvokeFunction', getAtt('Work')));
  const Target = { Arn: getAtt('Work'), RoleArn: getAtt('SchedulerRole'), Input: '{"log":"ran"}' };
  const Daily = {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' }, Target },
  };
  return { ...fixtureResources(), SchedulerRole, Daily };
}

const data = mkdtempSync(join(tmpdir(), 'fleetseal-clock-'));
const assembly = writeAssembly(withSchedule());
let ran = () => {};
let cloud: LocalCloud;
beforeAll(async () => {
  const log = (line: string) => line === 'ran' && ran();
  cloud = await startLocalCloud({ assembly, data, port: 0, log });
});
afterAll(async () => {
  await cloud.stop();
  for (const directory of [data, assembly]) rmSync(directory, { recursive: true, force: true });
});

const days = (count: number) => cloud.clock.now() + count * DAY * 1000;
const run = async (...calls: Step[]) =>
  at((await callApi(cloud, { method: 'POST', path: '/v1/items', body: { calls } })).json, 'results');
const put = (pk: string, ttl: number): Step => ({
  service: 'dynamodb',
  action: 'PutItem',
  input: { TableName: TABLE, Item: { pk: { S: pk }, ttl: { N: `${Math.floor(ttl / 1000)}` } } },
});

test('a schedule runs when the clock is moved past its time', async () => {
  const scheduled = new Promise<void>((resolve) => {
    ran = resolve;
  });
  cloud.clock.advanceTo(days(1.1));
  await scheduled;
});

test('items whose time to live is over are deleted, others not', async () => {
  await run(put('TOKEN#a', days(2)), put('TOKEN#b', days(20)), put('TOKEN#c', days(-6 * 365)));
  cloud.clock.advanceTo(days(3));
  // The hourly run may have begun.
  await cloud.expireItems();
  const kept = { output: { Item: { ttl: { N: expect.any(String) } } } };
  const read = await run(getItem('TOKEN#a'), getItem('TOKEN#b'), getItem('TOKEN#c'));
  expect(read).toMatchObject([{ output: {} }, kept, kept]);
  expect(at(at(read, '0'), 'output')).not.toHaveProperty('Item');
});

test('two years on, functions, services and signatures agree on the time, and the endpoint is trusted', async () => {
  cloud.clock.advanceTo(days(730));
  const now = cloud.clock.now();
  const { json, headers } = await callApi(cloud, {
    method: 'POST',
    path: '/v1/items',
    body: { clock: true },
  });
  expect(Math.abs(numberAt(json, 'now') - now)).toBeLessThan(5000);
  expect(Math.abs(Date.parse(String(headers['date'])) - now)).toBeLessThan(5000);
  expect(await run(put('TOKEN#d', now), getItem('TOKEN#d'))).toMatchObject([{ ok: true }, { ok: true }]);
  const signed = { path: '/v1/items', credentials: cloud.admin, signingDate: new Date(now) };
  expect((await callApi(cloud, signed)).status).toBe(200);
});
