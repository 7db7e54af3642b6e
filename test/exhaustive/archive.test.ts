import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { callsOf, type Point, pointsAtEndsOfRows, reportPoints, strike } from '../support/crash-matrix.ts';
import { makeCsr } from '../support/csr.ts';
import { grantedPermissions } from '../support/granted-permissions.ts';
import { at, listAt, textAt } from '../support/json.ts';
import { confirm, enrolledHost, renewed } from '../support/renewals.ts';

/*
 * The archive in the local cloud: certificates that expired long ago leave the table, and are found as they were, also where
 * the job is cut off at any of its calls.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-archive-'));
let cloud: TestCloud;

beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  // It outlives the years that pass here.
  const issuers = [{ id: 'issuer-1', keySpec: 'ECC_NIST_P256', lifetimeYears: 19 }];
  const settings = { archive: { afterDays: 100 }, issuers };
  const app = composeApp({ outdir: join(directory, 'assembly'), settings, bundles, checkSchemas: false });
  cloud = await TestCloud.start({ assembly: app.synth().directory, data: join(directory, 'data') });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});
afterEach(() => cloud.local.faults.clear());

const archive = () => cloud.local.invoke('archive-certificates', {});

async function issued(): Promise<string> {
  const { json } = await cloud.enroll(await cloud.token(), enrollment());
  return textAt(json, 'serialNumber');
}

/** What the API says of a certificate: the record without `archivedAt`, the history without that event. */
async function shown(serial: string) {
  const record = await cloud.admin('GET', `/v1/certificates/${serial}`);
  const history = await cloud.admin('GET', `/v1/certificates/${serial}/history`);
  const { archivedAt, ...rest } = Object(record.json);
  const events = listAt(history.json, 'items').filter((one) => textAt(one, 'event') !== 'archived');
  return { archivedAt, status: [record.status, history.status], record: rest, events };
}

/** Long after everything of these tests has expired. */
const muchLater = () => cloud.pass(170 * DAY);

describe('certificates that expired long ago', () => {
  test('leave the table with their history and deployments, and are found by serial number', async () => {
    const host = await enrolledHost(cloud);
    const next = await renewed(cloud, host, makeCsr());
    await confirm(cloud, host.serialNumber, next);
    const revokedOne = await issued();
    await cloud.admin('POST', `/v1/certificates/${revokedOne}/revoke`, { reason: 'superseded' });
    muchLater();
    const serials = [host.serialNumber, next.serialNumber, revokedOne];
    const before = await Promise.all(serials.map(shown));
    expect(await archive()).toMatchObject({ archived: 3, objects: 1, left: 0, behindSeconds: 0 });
    const after = await Promise.all(serials.map(shown));
    expect(after.map(({ archivedAt: _, ...rest }) => rest)).toEqual(
      before.map(({ archivedAt: _, ...rest }) => rest),
    );
    for (const { archivedAt } of after) expect(archivedAt).toMatch(/^20\d\d-/);
    expect(await cloud.certificates()).toEqual([]);
    const { json } = await cloud.admin('GET', `/v1/certificates/${next.serialNumber}/history`);
    expect(at(json, 'items.*.event')).toEqual(expect.arrayContaining(['archived']));
    expect((await cloud.admin('POST', `/v1/certificates/${revokedOne}/revoke`, {})).status).toBe(404);
  });

  test('stay for as long as the settings say', async () => {
    const serial = await issued();
    cloud.pass(129 * DAY);
    expect(await archive()).toMatchObject({ archived: 0 });
    expect((await shown(serial)).archivedAt).toBeUndefined();
    cloud.pass(2 * DAY);
    expect(await archive()).toMatchObject({ archived: 1 });
  });
});

test('a run that is cut off at any call loses nothing, and nothing is found twice', async () => {
  const make = async () => {
    const serials = [await issued(), await issued()];
    muchLater();
    return serials;
  };
  await make();
  const points: readonly Point[] = pointsAtEndsOfRows(await callsOf(cloud, archive, 'archive-certificates'));
  expect(points.length).toBeGreaterThan(15);
  for (const point of points) {
    const serials = await make();
    const before = await Promise.all(serials.map(shown));
    await strike(cloud, 'archive-certificates', point, () => archive().catch(() => undefined));
    await archive();
    const after = await Promise.all(serials.map(shown));
    expect({ point, found: after.map(({ record, events, status }) => ({ record, events, status })) }).toEqual(
      {
        point,
        found: before.map(({ record, events, status }) => ({ record, events, status })),
      },
    );
    for (const { archivedAt } of after) expect(archivedAt).toBeDefined();
  }
  expect(await cloud.certificates()).toEqual([]);
  reportPoints('archived', points);
});

test('the job uses each of its permissions, but for those to write the log', () => {
  const used = cloud.local.usedPermissions();
  const unused = grantedPermissions(join(directory, 'assembly'), cloud.local)
    .filter(({ role }) => role.includes('ArchiveJobRole'))
    .filter(
      ({ action, resource }) =>
        !used.some((one) => one.action === action && (one.resource === resource || resource.endsWith('*'))),
    );
  expect(unused.map(({ action }) => action)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  const own = cloud.local.calls.all().filter((call) => call.function?.endsWith('archive-certificates'));
  expect(own.filter(({ decision }) => decision === 'denied')).toEqual([]);
});
