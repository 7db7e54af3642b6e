import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment } from '../support/cloud.ts';
import { listAt, textAt } from '../support/json.ts';
import { expectSafeToCutOff, request } from '../support/lifecycle-matrix.ts';
import { oldRoot } from '../support/old-roots.ts';
import { RestorableCloud } from '../support/restorable-cloud.ts';

/*
 * Each step in the life of a root, cut off at every call that it makes of AWS and done again. In the order of a rollover:
 * every test goes on where the one before it ended.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-roots-'));
const DAY = 86_400;
let world: RestorableCloud;
beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = {
    root: { keySpec: 'ECC_NIST_P384' },
    issuers: [1, 2].map((number) => ({ id: `issuer-${number}`, keySpec: 'ECC_NIST_P256', lifetimeYears: 5 })),
    successorRoots: [
      { id: 'root-2', keySpec: 'ECC_NIST_P384', lifetimeYears: 30, disabledBetweenUses: true },
    ],
    revocation: { crlShards: 1 },
  };
  const outdir = join(directory, 'assembly');
  const app = composeApp({ outdir, settings, bundles, checkSchemas: false });
  world = await RestorableCloud.start(app.synth().directory);
});
afterAll(async () => {
  await world.stop();
  rmSync(directory, { recursive: true, force: true });
});

const post = (path: string, body?: object) => world.cloud.admin('POST', `/v1/${path}`, body);
const invoke = (name: string) => async () => {
  await world.cloud.local.invoke(name, {});
};

describe('crash matrix of', () => {
  test('creating the authority', async () => {
    const properties = world.propertiesOf('Authority');
    const restore = await world.keep();
    await world.clear();
    const run = () => world.deploy('create-authority', properties);
    await expectSafeToCutOff(world, { what: 'authority created', fn: 'create-authority', run });
    await restore();
  });

  test('a deployment with another slot, other lists and additional roots', async () => {
    const before = world.propertiesOf('MaintenanceDataF6C4D9A9');
    const [issuer] = listAt(before, 'issuers');
    const properties = {
      ...before,
      issuers: [...listAt(before, 'issuers'), { ...Object(issuer), id: 'issuer-3', keyArn: 'arn:issuer-3' }],
      additionalRoots: [oldRoot('Of the settings')],
    };
    const run = () => world.deploy('maintain-authority', properties);
    const restore = await world.keep();
    await expectSafeToCutOff(world, { what: 'slot declared', fn: 'maintain-authority', run });
    const back = () => world.deploy('maintain-authority', before);
    await expectSafeToCutOff(world, { what: 'slot removed', fn: 'maintain-authority', run: back });
    await restore();
  });

  test('additional roots', async () => {
    const pem = oldRoot('Of a company');
    const run = request(() => post('roots', { pem }));
    await expectSafeToCutOff(world, { what: 'root added', fn: 'add-root', run });
    const { json } = await world.cloud.admin('GET', '/v1/roots');
    const [sha256] = listAt(json, 'additionalRoots').map((root) => textAt(root, 'sha256'));
    const remove = request(() => world.cloud.admin('DELETE', `/v1/roots/${sha256}`), [204, 404]);
    await expectSafeToCutOff(world, { what: 'root removed', fn: 'remove-root', run: remove });
  });

  test('certifying a root', async () => {
    const run = request(() => post('roots/root-2/certify'));
    await expectSafeToCutOff(world, { what: 'root certified', fn: 'certify-root', run });
    expect((await post('roots/root-2/certify')).json).toMatchObject({ state: 'TRUSTED' });
    const uses = listAt((await world.cloud.admin('GET', '/v1/roots')).json, 'ceremonies');
    const author = expect.stringContaining('arn:');
    expect(uses).toContainEqual(
      expect.objectContaining({ purpose: 'public key of root-2', outcome: 'read', by: author }),
    );
  });

  test('measuring its adoption', async () => {
    world.cloud.pass(120);
    await world.cloud.enroll(await world.cloud.token(), enrollment());
    const run = invoke('measure-adoption');
    await expectSafeToCutOff(world, { what: 'adoption measured', fn: 'measure-adoption', run });
  });

  test('acknowledging and activating it', async () => {
    const acknowledge = request(() => post('roots/root-2/acknowledge', { verifiers: ['Logstash'] }));
    await expectSafeToCutOff(world, { what: 'root acknowledged', fn: 'change-root', run: acknowledge });
    const activate = request(() => post('roots/root-2/activate'));
    await expectSafeToCutOff(world, { what: 'root activated', fn: 'change-root', run: activate });
  });

  test('retiring the root before it', async () => {
    await request(() => post('issuers', { id: 'issuer-2' }))();
    await request(() => post('issuers/issuer-2/activate'))();
    world.cloud.pass(400 * DAY);
    await request(() => post('issuers/issuer-1/retire'))();
    const retire = request(() => post('roots/root-1/retire'));
    await expectSafeToCutOff(world, { what: 'root retired', fn: 'change-root', run: retire });
  });
});
