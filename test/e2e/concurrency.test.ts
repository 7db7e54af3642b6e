import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at } from '../support/json.ts';
import { persistently } from '../support/persistently.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start({ concurrency: 10 });
});
afterAll(() => cloud.stop());
afterEach(() => cloud.local.faults.clear());

const signatures = () =>
  cloud.local.calls.all().filter(({ action, outcome }) => action === 'Sign' && outcome === 'ok').length;

describe.each([
  { name: 'undisturbed', conflicts: 0 },
  { name: 'while transactions conflict at random', conflicts: 0.3 },
])('fifty at once, $name', ({ conflicts }) => {
  const disturb = () =>
    conflicts > 0 &&
    cloud.local.faults.add({ service: 'dynamodb', does: 'conflict', probability: conflicts, seed: 7 });

  test('with one token and key yield one certificate, one use, one signature', async () => {
    const token = await cloud.token();
    const body = enrollment();
    cloud.local.calls.reset();
    disturb();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => persistently(() => cloud.enroll(token, body))),
    );
    cloud.local.faults.clear();
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([200, 201]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => at(json, 'certificate'))).size).toBe(1);
    expect(signatures()).toBe(1);
    expect(await cloud.uses(token)).toBe(1);
    expect(await cloud.certificates({ name: body.name })).toHaveLength(1);
  });

  test('with fifty keys on a token of ten uses yield exactly ten', async () => {
    const token = await cloud.token({ maxUses: 10 });
    cloud.local.calls.reset();
    disturb();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => enrollment()).map((body) =>
        persistently(() => cloud.enroll(token, body)),
      ),
    );
    cloud.local.faults.clear();
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(201), count(401)]).toEqual([10, 40]);
    expect(signatures()).toBe(10);
    expect(await cloud.uses(token)).toBe(10);
  });
});
