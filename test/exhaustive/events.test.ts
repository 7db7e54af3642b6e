import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { requireDescribed } from '../fakes/events.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { type BusEvent, enrollment, idOf, TestCloud } from '../support/cloud.ts';
import { grantedPermissions } from '../support/granted-permissions.ts';
import { enrolledHost, renewed } from '../support/renewals.ts';

/*
 * Events about certificates and refused enrollments, from a request to the bus: with the stream of the ledger and the
 * subscription of the log, as they are in AWS.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-events-'));
const assembly = join(directory, 'assembly');
let cloud: TestCloud;
const checks = new Set<() => void>();

beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = { certificateEvents: 'all' };
  composeApp({ outdir: assembly, settings, bundles, checkSchemas: false }).synth();
  const log = () => {
    for (const check of checks) check();
  };
  cloud = await TestCloud.start({ assembly, streams: true, log });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The first event of this type that is about `about`. The functions log after each publication. */
function published(type: string, about: string): Promise<BusEvent> {
  return new Promise((resolve) => {
    const check = () => {
      const found = cloud
        .events()
        .find((event) => event['detail-type'] === type && JSON.stringify(event).includes(about));
      if (found === undefined) return;
      checks.delete(check);
      resolve(found);
    };
    checks.add(check);
    check();
  });
}

test('a certificate is issued, renewed and revoked: one event each, as docs/events.md has them', async () => {
  const host = await enrolledHost(cloud);
  const next = await renewed(cloud, host);
  await cloud.admin('POST', `/v1/certificates/${next.serialNumber}/revoke`, { reason: 'superseded' });
  const events = [
    await published('certificate.issued', host.serialNumber),
    await published('certificate.renewed', next.serialNumber),
    await published('certificate.revoked', next.serialNumber),
  ];
  for (const event of events) requireDescribed(event['detail-type'], event.detail);
  expect(events[1]?.detail).toMatchObject({ predecessor: host.serialNumber, name: host.name });
  expect(events[2]?.detail).toMatchObject({ reason: 'superseded', by: expect.stringContaining(':user/') });
});

test('a refused enrollment is an event if its token was recognised, and none for a stranger', async () => {
  const token = await cloud.token();

  await cloud.enroll(token, enrollment());
  const stranger = `${token.slice(0, -4)}0000`;
  const { text } = await cloud.enroll(stranger, enrollment({ name: 'host-stranger' }));
  expect(text).toContain('token_rejected');
  const body = enrollment();
  await cloud.enroll(token, body);
  const event = await published('enrollment.rejected', body.name);
  requireDescribed(event['detail-type'], event.detail);
  expect(event.detail).toMatchObject({
    tokenId: idOf(token),
    name: body.name,
    code: 'token_rejected',
    tokenIs: 'spent',
    sourceIp: '127.0.0.1',
  });
  const other = await cloud.token({ names: { commonName: 'web-*' } });
  await cloud.enroll(other, body);
  const refused = await published('enrollment.rejected', idOf(other));
  expect(refused.detail).toMatchObject({ code: 'name_not_allowed' });
  // Lines are delivered in order: the stranger's would have been there before.
  expect(JSON.stringify(cloud.events())).not.toContain('host-stranger');
});

test('the functions use each of their permissions, but for those of the schedule and to write the log', () => {
  const used = cloud.local.usedPermissions();
  const unused = grantedPermissions(assembly, cloud.local)
    .filter(({ role }) => /PublishEventsRole|PublishRejections/.test(role))
    .filter(
      (granted) =>
        !used.some(
          ({ role, action, resource }) =>
            role === granted.role && action === granted.action && resource === granted.resource,
        ),
    );
  expect([...new Set(unused.map(({ action }) => action))].sort()).toEqual([
    'dynamodb:PutItem',
    'dynamodb:Query',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
});
