import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { at } from '../../support/json.ts';
import { fixtureResources, writeAssembly } from './fixture.ts';

const fixture = fixtureResources();
const resources = {
  ...fixture,
  Stage: {
    ...fixture.Stage,
    Properties: {
      ...fixture.Stage.Properties,
      MethodSettings: [
        {
          HttpMethod: 'PUT',
          ResourcePath: '/~1items~1{id}',
          ThrottlingRateLimit: 1,
          ThrottlingBurstLimit: 2,
        },
      ],
    },
  },
  Named: {
    ...fixture.Named,
    Properties: { ...fixture.Named.Properties, ReservedConcurrentExecutions: 0 },
  },
  Other: {
    ...fixture.Other,
    Properties: { ...fixture.Other.Properties, ReservedConcurrentExecutions: 1 },
  },
};
const assembly = writeAssembly(resources);
const data = mkdtempSync(join(tmpdir(), 'fleetseal-limits-'));
const lines: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly, data, port: 0, log: (line) => void lines.push(line) });
});

afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

describe('a method that the stage throttles', () => {
  const put = () => callApi(cloud, { method: 'PUT', path: '/v1/items/1', body: {} });

  test('answers 429 above its burst, and again when time has passed', async () => {
    const answers = [await put(), await put(), await put(), await put()];
    expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([200, 200]);
    const last = answers.at(-1);
    expect(last?.status).toBe(429);
    expect(last?.headers['x-amzn-errortype']).toBe('TooManyRequestsException');
    expect(last?.json).toMatchObject({ type: 'THROTTLED', detail: 'Too Many Requests' });
    cloud.clock.shift(10);
    expect((await put()).status).toBe(200);
    cloud.clock.shift(0);
  });

  test('leaves others alone', async () => {
    const posts = Array.from({ length: 5 }, () =>
      callApi(cloud, { method: 'POST', path: '/v1/items', body: {} }),
    );
    expect((await Promise.all(posts)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('reserved concurrency', () => {
  test('refuses what is above it, and takes more when that has ended', async () => {
    const run = () => cloud.invoke('fixture-other', { answer: 'fine' });
    const [first, second] = await Promise.allSettled([run(), run()]);
    expect(first).toMatchObject({ value: 'fine' });
    expect(second).toMatchObject({ reason: { message: expect.stringContaining('Rate Exceeded.') } });
    await expect(run()).resolves.toBe('fine');
  });

  test('of 0: a request gets the answer of INTEGRATION_FAILURE, and the log the reason', async () => {
    const { status, json } = await callApi(cloud, { path: '/v1/permitted' });
    expect([status, at(json, 'type')]).toEqual([500, 'INTEGRATION_FAILURE']);
    expect(lines.join('\n')).toContain('ReservedFunctionConcurrentInvocationLimitExceeded');
  });
});
