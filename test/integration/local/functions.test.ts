import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { createFaults } from '../../support/faults.ts';
import { at, numberAt } from '../../support/json.ts';
import { getItem, putItem, writeAssembly } from './fixture.ts';

const assembly = writeAssembly();
const data = mkdtempSync(join(tmpdir(), 'fleetseal-functions-'));
const CONCURRENCY = 2;
const faults = createFaults();
let cloud: LocalCloud;
let atStart: readonly string[];

beforeAll(async () => {
  const { intercept } = faults;
  cloud = await startLocalCloud({
    assembly,
    data,
    port: 0,
    concurrency: CONCURRENCY,
    log: () => {},
    intercept,
  });
  atStart = cloud.logs.lines();
});

afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  cloud.calls.reset();
  cloud.logs.reset();
  faults.clear();
});

const post = (body: object) => callApi(cloud, { method: 'POST', path: '/v1/items', body });

describe('an instance', () => {
  test('sees its own environment, and nothing of the process around it', async () => {
    const { json } = await post({ environment: true });
    expect(at(json, 'environment')).toMatchObject({
      TABLE_NAME: 'fixture-Table',
      AWS_LAMBDA_FUNCTION_NAME: 'fixture-Work',
      AWS_REGION: cloud.region,
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_ENDPOINT_URL_KMS: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
    });
    for (const name of ['HOME', 'NODE_COMPILE_CACHE'])
      expect(at(json, 'environment')).not.toHaveProperty(name);
    expect(at(json, 'context')).toMatchObject({ functionName: 'fixture-Work', memoryLimitInMB: '256' });
    expect(at(json, 'remaining')).toBeGreaterThan(8000);
    expect(at(json, 'remaining')).toBeLessThanOrEqual(10_000);
  });

  test('lives by the shifted clock', async () => {
    cloud.clock.shift(86_400);
    try {
      const { json, headers } = await post({ clock: true });
      const tomorrow = Date.now() + 86_400_000;
      expect(Math.abs(numberAt(json, 'now') - tomorrow)).toBeLessThan(5000);
      expect(Math.abs(numberAt(json, 'made') - tomorrow)).toBeLessThan(5000);
      expect(json).toMatchObject({ fixed: '1970-01-01T00:00:00.000Z', date: true });
      expect(Math.abs(Date.parse(String(headers['date'])) - tomorrow)).toBeLessThan(5000);
    } finally {
      cloud.clock.shift(0);
    }
  });

  test('has its lines in the log before its answer is out', async () => {
    await post({ log: 'first line\nsecond line' });
    expect(cloud.logs.lines()).toEqual(['first line', 'second line']);
  });

  test.each([
    { name: 'throws', order: { throw: 'broken on purpose' }, log: 'broken on purpose' },
    { name: 'exits', order: { exit: true }, log: undefined },
  ])('that $name: 502, and the next request is served', async ({ order, log }) => {
    const answer = await post(order);
    expect([answer.status, at(answer.json, 'type')]).toEqual([502, 'DEFAULT_5XX']);
    if (log !== undefined) expect(cloud.logs.lines().join('\n')).toContain(log);
    expect((await post({})).status).toBe(200);
  });

  test('that takes longer than its timeout is ended', async () => {
    await expect(cloud.invoke('fixture-other', { sleep: 60_000 })).rejects.toThrow(
      'Task timed out after 1.00 seconds',
    );
    await expect(cloud.invoke('fixture-other', { answer: 'fine' })).resolves.toBe('fine');
  });

  test('runs one invocation at a time; what is over the limit waits', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post({ sleep: 20, environment: true })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 200));
    const instances = new Set(answers.map((answer) => at(answer.json, 'environment.AWS_ACCESS_KEY_ID')));
    expect(instances.size).toBe(CONCURRENCY);
  });
});

describe('an instance can be killed at a call', () => {
  test.each([
    { does: 'kill-before', effect: false, outcome: 'killed-before' },
    { does: 'kill-after', effect: true, outcome: 'killed-after' },
  ] as const)('$does', async ({ does, effect, outcome }) => {
    const remove = faults.add({ does, action: 'PutItem', function: 'work' });
    const answer = await post({ calls: [putItem(`TOKEN#${does}`)] });
    remove();
    expect(answer.status).toBe(502);
    expect(cloud.calls.all().map((call) => call.outcome)).toEqual([outcome]);
    const { json } = await post({ calls: [getItem(`TOKEN#${does}`)] });
    expect(at(json, 'results.0.output.Item') !== undefined).toBe(effect);
  });

  test('while others wait for it: they are served by a new one', async () => {
    faults.add({ does: 'kill-before', action: 'PutItem', nth: 1 });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => post({ calls: [putItem(`TOKEN#w${index}`)] })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 200, 200, 502]);
  });
});

test('a custom resource is asked for once, with all values as text', () => {
  expect(atStart[0]).toBe('custom resource Create');
  const event = JSON.parse(atStart[1] ?? '{}');
  expect(event).toMatchObject({
    RequestType: 'Create',
    ResourceType: 'Custom::Authority',
    LogicalResourceId: 'Authority',
    ResourceProperties: { years: '20', fail: 'false', key: expect.stringMatching(/^arn:aws:kms:/) },
  });
});
