import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { grantedPermissions } from '../support/granted-permissions.ts';
import { listAt, textAt } from '../support/json.ts';
import { StandInKibana } from '../support/kibana.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-connector-'));
const apiKeySecretArn = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:kibana-aB3dE6';
const kibanaUrl = 'https://kibana.example.com';
let kibana: StandInKibana;
let cloud: TestCloud;

/** An assembly with a connector; its templates name the stand-in, which the settings refuse, since it has no TLS. */
function assembly(): string {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = { fleetConnector: { kibanaUrl, apiKeySecretArn, space: 'fleet' } };
  const app = composeApp({ outdir: join(directory, 'assembly'), settings, bundles, checkSchemas: false });
  const out = app.synth().directory;
  const file = join(out, 'FleetsealService.template.json');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(kibanaUrl, kibana.origin));
  return out;
}

beforeAll(async () => {
  kibana = await StandInKibana.start('fleet');
  const data = join(directory, 'data');
  mkdirSync(join(data, 'secrets'), { recursive: true });
  writeFileSync(join(data, 'secrets', 'kibana-aB3dE6'), JSON.stringify({ id: 'a', encoded: kibana.key }));
  cloud = await TestCloud.start({ assembly: assembly(), data, streams: true });
});
afterAll(async () => {
  await cloud.stop();
  await kibana.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function issued(): Promise<{ readonly serial: string; readonly name: string }> {
  const { json } = await cloud.enroll(await cloud.token(), enrollment());
  return { serial: textAt(json, 'serialNumber'), name: textAt(json, 'name') };
}

const revoke = (serial: string, reason: string) =>
  cloud.admin('POST', `/v1/certificates/${serial}/revoke`, { reason });

/** What the history says of the agent. */
async function history(serial: string): Promise<readonly unknown[]> {
  const { json } = await cloud.admin('GET', `/v1/certificates/${serial}/history`);
  return listAt(json, 'items').filter((one) => /agent/i.test(textAt(one, 'event')));
}

/** As the stream does. */
const unenroll = (...serialNumbers: readonly string[]) =>
  cloud.local.invoke('unenroll-agent', { serialNumbers });

describe('revoking the certificate of an agent', () => {
  test('unenrolls it in Fleet, and the history says so', async () => {
    const { serial, name } = await issued();
    const agent = kibana.enroll({ hostname: name.toUpperCase() });
    const bystander = kibana.enroll({ hostname: `${name}-2` });
    const unenrolled = once(kibana.events, 'unenrolled');
    expect((await revoke(serial, 'cessationOfOperation')).status).toBe(200);
    expect(await unenrolled).toEqual([agent.id]);
    expect([agent.active, bystander.active]).toEqual([false, true]);
    // The stream may still be noting it; noting it again changes nothing.
    await unenroll(serial);
    expect(await history(serial)).toMatchObject([
      { event: 'agentUnenrolled', by: 'fleetseal', comment: `Agent "${agent.id}".` },
    ]);
  });

  test('that was superseded leaves it alone', async () => {
    const { serial, name } = await issued();
    const agent = kibana.enroll({ hostname: name });
    await revoke(serial, 'superseded');
    await unenroll(serial);
    expect([agent.active, await history(serial)]).toEqual([true, []]);
  });

  test('leaves two agents of one host name to the operator', async () => {
    const { serial, name } = await issued();
    const agents = [kibana.enroll({ hostname: name }), kibana.enroll({ hostname: name })];
    await revoke(serial, 'keyCompromise');
    await unenroll(serial);
    expect(agents.map(({ active }) => active)).toEqual([true, true]);
    expect(await history(serial)).toMatchObject([{ event: 'agentNotUnenrolled', by: 'fleetseal' }]);
  });

  test('the rotated API key is read again', async () => {
    const { serial, name } = await issued();
    const agent = kibana.enroll({ hostname: name });
    kibana.keys.clear();
    kibana.keys.add('bmV3OmtleQ==');
    writeFileSync(join(directory, 'data', 'secrets', 'kibana-aB3dE6'), 'bmV3OmtleQ==\n');
    await revoke(serial, 'privilegeWithdrawn');
    await unenroll(serial);
    expect(agent.active).toBe(false);
  });

  test('function and stream use each of its permissions, but for those to write the log', () => {
    const used = cloud.local.usedPermissions();
    const unused = grantedPermissions(join(directory, 'assembly'), cloud.local)
      .filter(({ role }) => role.includes('UnenrollAgent'))
      .filter(
        ({ action, resource }) => !used.some((one) => one.action === action && one.resource === resource),
      );
    expect(unused.map(({ action }) => action)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test('no call of the function is denied, and no key is in a log or the ledger', () => {
    const own = cloud.local.calls.all().filter((call) => call.function?.includes('UnenrollAgent'));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ decision }) => decision === 'denied')).toEqual([]);
    expect(cloud.stored()).not.toContain(kibana.key);
  });
});
