import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { composeApp } from '../../../infra/synthesize.ts';
import { ASSEMBLY } from '../../support/assembly.ts';
import { TestCloud } from '../../support/cloud.ts';
import { BootstrapHost } from '../../support/hosts/bootstrap-host.ts';

/* A new root on its way to a host: what the service publishes is what rotate.sh looks for. */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-rotate-roots-'));
let cloud: TestCloud;

beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = { successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384', lifetimeYears: 30 }] };
  const app = composeApp({ outdir: join(directory, 'assembly'), settings, bundles, checkSchemas: false });
  cloud = await TestCloud.start({ assembly: app.synth().directory });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('a host takes over the root that follows its own, and none that an administrator added', async () => {
  const host = await BootstrapHost.of(cloud);
  const environment = { PATH: `${host.bin}:${process.env['PATH']}`, FLEETSEAL_TOKEN: await cloud.token() };
  const name = ['--name', 'host-of-roots'];
  expect(await host.run([...(await host.arguments()), ...name], { environment })).toMatchObject({ code: 0 });
  const rotate = () =>
    host.run(['--directory', host.directory], { script: join(host.directory, 'rotate.sh'), environment });
  const before = host.read('ca.crt');

  expect((await cloud.admin('POST', '/v1/roots/root-2/certify')).status).toBe(201);
  expect(await rotate()).toMatchObject({ code: 0 });
  const bundle = (await cloud.call({ path: '/v1/trust.pem' })).text;
  expect(bundle.match(/BEGIN/g)).toHaveLength(2);
  expect(host.read('ca.crt')).toBe(bundle);
  expect(before).not.toBe(bundle);
  host.remove();
});
