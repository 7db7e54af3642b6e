import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { matchesPart } from '../../infra/local/service/names.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import type { FaultEffect } from '../support/faults.ts';
import { numberAt, textAt } from '../support/json.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const report = () => cloud.local.invoke('report-expiry', {});
const calls = () =>
  cloud.local.calls.all().filter((call) => matchesPart(call.function ?? '', 'report-expiry'));

/** Certificates of an hour of which a minute is left, and nothing else that lives. @returns their serial numbers. */
async function expiring(count: number): Promise<readonly string[]> {
  cloud.pass(3600);
  const answers = await Promise.all(
    Array.from({ length: count }, async () =>
      cloud.enroll(await cloud.token({ certificateLifetime: 'PT1H' }), enrollment()),
    ),
  );
  cloud.pass(3540);
  return answers.map(({ json }) => textAt(json, 'serialNumber'));
}

/** Ids of events about these certificates. */
function ids(serials: readonly string[]): readonly string[] {
  return cloud
    .events()
    .map(({ detail }) => detail.id)
    .filter((id) => serials.some((serial) => id.includes(serial)));
}

const expected = (serials: readonly string[]) => serials.map((serial) => `certificate.expiring/${serial}/1`);

test('an event as targets see it', async () => {
  const [serial = ''] = await expiring(1);
  expect(await report()).toMatchObject({ published: 1, complete: true });
  expect(cloud.events().findLast(({ detail }) => detail['serialNumber'] === serial)).toMatchObject({
    source: 'fleetseal',
    'detail-type': 'certificate.expiring',
    bus: 'fleetseal-fleet',
    detail: { id: `certificate.expiring/${serial}/1`, profile: 'agent', issuer: 'issuer-1', daysLeft: 1 },
  });
});

test('a host that enrolled again is not reported', async () => {
  const token = await cloud.token({ certificateLifetime: 'PT1H' });
  const body = enrollment();
  const { json } = await cloud.enroll(token, body);
  cloud.pass(3500);
  const replacing = await cloud.token({ onExistingName: 'replace' });
  expect((await cloud.enroll(replacing, enrollment({ name: body.name }))).status).toBe(201);
  cloud.pass(60);
  await report();
  expect(ids([textAt(json, 'serialNumber')])).toEqual([]);
});

test('the numbers for the metrics are in the log, by profile and days left', async () => {
  await expiring(2);
  cloud.local.logs.reset();
  await report();
  const lines = cloud.local.logs.lines().flatMap((line) => {
    const json = line.slice(line.indexOf('{'));
    return json.includes('certificates expire') ? [JSON.parse(json)] : [];
  });
  expect(lines).toMatchObject([{ Profile: 'agent', DaysLeft: '1', ExpiringCertificates: 2 }]);
});

describe('cut off or refused at every call, then run again', () => {
  const EFFECTS: readonly FaultEffect[] = ['kill-before', 'kill-after', 'drop', 'lose', 'throttle'];

  test.each(EFFECTS)('%s: every certificate is reported, with one id', async (does) => {
    await expiring(3);
    cloud.local.calls.reset();
    await report();
    const count = calls().length;
    expect(count).toBeGreaterThan(10);
    for (let nth = 1; nth <= count; nth++) {
      const serials = await expiring(3);
      cloud.local.faults.add({ function: 'report-expiry', nth, does });
      await report().catch(() => undefined);
      cloud.local.faults.clear();
      await report();
      const published = ids(serials);
      expect({ nth, published: [...new Set(published)].sort() }).toEqual({
        nth,
        published: expected(serials).toSorted(),
      });
      // Once more at most, where it ended between the event and the note.
      expect(published.length).toBeLessThanOrEqual(2 * serials.length);
      const again = await report();
      expect({ nth, again: numberAt(again, 'published') }).toEqual({ nth, again: 0 });
    }
  });

  test('two runs at once: every certificate is reported, with one id', async () => {
    const serials = await expiring(12);
    await Promise.all([report(), report()]);
    expect(new Set(ids(serials))).toEqual(new Set(expected(serials)));
  });

  test('a bus that refuses everything: the run fails, and a later one catches up', async () => {
    const serials = await expiring(12);
    cloud.local.faults.add({ service: 'events', does: 'throttle' });
    await expect(report()).rejects.toThrow('2 batches of events could not be published');
    cloud.local.faults.clear();
    expect(ids(serials)).toEqual([]);
    await report();
    expect(new Set(ids(serials))).toEqual(new Set(expected(serials)));
  });
});
