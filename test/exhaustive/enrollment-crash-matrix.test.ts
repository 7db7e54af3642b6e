import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { enrollment, idOf, TestCloud } from '../support/cloud.ts';
import {
  callsOf,
  leastPoints,
  PAST_DEADLINE,
  PAST_LEASE,
  type Point,
  pointsOf,
  reportPoints,
  signatures,
  strike,
} from '../support/crash-matrix.ts';
import { at } from '../support/json.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());
afterEach(() => cloud.local.faults.clear());

interface Attempt {
  readonly token: string;
  readonly body: ReturnType<typeof enrollment>;
}

/** One enrollment that is struck at `point`. @returns what it was. */
async function struckEnrollment(
  point: Point,
): Promise<Attempt & { readonly status: number; readonly certificate: unknown }> {
  const attempt = { token: await cloud.token(), body: enrollment() };
  const { status, json } = await strike(cloud, 'enroll', point, () =>
    cloud.enroll(attempt.token, attempt.body),
  );
  return { ...attempt, status, certificate: at(json, 'certificate') };
}

/** An enrollment whose process dies when it would sign: what the sweeper is for. */
async function leaveReservation(): Promise<Attempt> {
  const attempt = { token: await cloud.token(), body: enrollment() };
  cloud.local.faults.add({ function: 'enroll', service: 'kms', nth: 1, does: 'kill-before' });
  const { status } = await cloud.enroll(attempt.token, attempt.body);
  cloud.local.faults.clear();
  expect(status).toBeGreaterThanOrEqual(500);
  return attempt;
}

/** The promises that hold at any time after the dust has settled. */
async function expectPromisesKept({ token, body }: Attempt, made: number): Promise<readonly string[]> {
  const states = cloud.recorded(body.name).map(({ state }) => state);
  // No signature without a record.
  if (made > 0) expect(states.length).toBeGreaterThan(0);
  // One use, one certificate: never more, and none is lost.
  const issued = states.filter((state) => state === 'ISSUED').length;
  expect(issued).toBeLessThanOrEqual(1);
  expect(await cloud.uses(token)).toBe(
    states.filter((state) => state === 'ISSUED' || state === 'RESERVED').length,
  );
  return states;
}

describe('crash matrix', () => {
  test('enroll: struck at every call, then retried; or swept instead', async () => {
    const token = await cloud.token();
    const points = pointsOf(await callsOf(cloud, () => cloud.enroll(token, enrollment())));
    expect(points.length).toBeGreaterThanOrEqual(leastPoints(4));
    for (const point of points) {
      await retried(point);
      await swept(point);
    }
    reportPoints('enroll, retried and swept', points);
  });

  test('sweep: struck at every call, then run again', async () => {
    await leaveReservation();
    cloud.pass(PAST_DEADLINE);
    const points = pointsOf(await callsOf(cloud, () => cloud.sweep()));
    expect(points.length).toBeGreaterThanOrEqual(leastPoints(4));
    for (const point of points) {
      const attempt = await leaveReservation();
      cloud.pass(PAST_DEADLINE);
      await strike(cloud, 'sweep', point, () => cloud.sweep().catch(() => undefined));
      await cloud.sweep();
      expect(await expectPromisesKept(attempt, 0)).toEqual(['VOID']);
      const afresh = await cloud.enroll(attempt.token, attempt.body);
      expect({ point, status: afresh.status }).toEqual({ point, status: 201 });
    }
    reportPoints('sweep', points);
  });
});

async function retried(point: Point): Promise<void> {
  const attempt = await struckEnrollment(point);
  cloud.pass(PAST_LEASE);
  const retry = await cloud.enroll(attempt.token, attempt.body);
  expect({ point, status: [200, 201].includes(retry.status) }).toEqual({ point, status: true });
  if (attempt.certificate !== undefined) expect(at(retry.json, 'certificate')).toBe(attempt.certificate);
  expect(await expectPromisesKept(attempt, signatures(cloud))).toEqual(['ISSUED']);
  expect(at((await cloud.enroll(attempt.token, attempt.body)).json, 'certificate')).toBe(
    at(retry.json, 'certificate'),
  );
}

async function swept(point: Point): Promise<void> {
  const attempt = await struckEnrollment(point);
  const made = signatures(cloud);
  cloud.pass(PAST_DEADLINE);
  await cloud.sweep();
  const states = await expectPromisesKept(attempt, made);
  expect(states).not.toContain('RESERVED');
  if (states.includes('ISSUED')) return;
  // Use, name and reservation are free again: another key may have the name, and the token still has its use.
  const other = await cloud.enroll(await cloud.token(), enrollment({ name: attempt.body.name }));
  expect({ point, status: other.status }).toEqual({ point, status: 201 });
  const token = await cloud.admin('GET', `/v1/tokens/${idOf(attempt.token)}`);
  expect(at(token.json, 'uses')).toBe(0);
}
