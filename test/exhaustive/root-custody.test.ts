import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { LONGEST_USE_SECONDS } from '../../shared/issuance/root-custody.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at, listAt } from '../support/json.ts';
import { RestorableCloud } from '../support/restorable-cloud.ts';

/*
 * A root whose key is disabled between uses, from the first deployment to the one that sets it back. Each test goes on where
 * the one before it ended.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-custody-'));
const settings = (disabledBetweenUses: boolean) => ({
  root: { keySpec: 'ECC_NIST_P384', disabledBetweenUses },
  issuers: [1, 2, 3].map((number) => ({
    id: `issuer-${number}`,
    keySpec: 'ECC_NIST_P256',
    lifetimeYears: 5,
  })),
  revocation: { crlShards: 1 },
});

function assembly(name: string, of: object): string {
  const bundles = {
    directory: (fn: string) => join(ASSEMBLY, 'bundles', 'functions', fn),
    metafile: () => '',
  };
  return composeApp({ outdir: join(directory, name), settings: of, bundles, checkSchemas: false }).synth()
    .directory;
}

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start({ assembly: assembly('on', settings(true)) });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A client with the credentials of a function. */
function kmsOf(name: string): KMSClient {
  const { credentials, endpoints } = cloud.local.sessionOf(name);
  return new KMSClient({ region: cloud.local.region, endpoint: endpoints.kms, credentials });
}

async function rootKeyArn(): Promise<string> {
  const { json } = await cloud.admin('GET', '/v1/roots');
  return String(at(json, 'ceremonies.0.keyArn'));
}

async function stateOfRootKey(): Promise<string | undefined> {
  const answer = await kmsOf('maintain-authority').send(
    new DescribeKeyCommand({ KeyId: await rootKeyArn() }),
  );
  return answer.KeyMetadata?.KeyState;
}

/** Runs the maintenance. @returns how many keys it found in the wrong state, and its lines about them. */
async function maintain() {
  cloud.local.logs.reset();
  await cloud.local.invoke('maintain-authority', {});
  const lines = cloud.local.logs.lines().map((line): unknown => JSON.parse(line));
  const about = (message: string) => lines.filter((line) => at(line, 'message') === message);
  return {
    wrong: at(about('authority maintained').at(-1), 'RootKeysInWrongState'),
    disabled: about('root key disabled').length,
  };
}

describe('a root whose key is disabled between uses', () => {
  test('is disabled when the first deployment has ended', async () => {
    expect(await stateOfRootKey()).toBe('Disabled');
    expect(await maintain()).toEqual({ wrong: 0, disabled: 0 });
  });

  test('cannot be used by somebody with the credentials of a function', async () => {
    const stolen = new SignCommand({
      KeyId: await rootKeyArn(),
      Message: new Uint8Array(48),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_384',
    });
    await expect(kmsOf('create-authority').send(stolen)).rejects.toMatchObject({ name: 'DisabledException' });
  });

  test('certifies an issuer, and is disabled again', async () => {
    cloud.local.calls.reset();
    expect(await cloud.admin('POST', '/v1/issuers')).toMatchObject({ status: 201 });
    const calls = cloud.local.calls.all().filter(({ service }) => service === 'kms');
    expect(calls.map(({ action }) => action)).toEqual(['GetPublicKey', 'EnableKey', 'Sign', 'DisableKey']);
    expect(await stateOfRootKey()).toBe('Disabled');
  });

  test('is disabled by the maintenance after a use that was cut off, and no alarm rings', async () => {
    cloud.local.faults.add({ function: 'certify-issuer', action: 'Sign', nth: 1, does: 'kill-after' });
    await cloud.admin('POST', '/v1/issuers', { id: 'issuer-3' });
    cloud.local.faults.clear();
    expect(await stateOfRootKey()).toBe('Enabled');
    // Two uses for the same bytes in one second have one record.
    cloud.pass(2);
    expect(await maintain()).toEqual({ wrong: 0, disabled: 0 });
    cloud.pass(LONGEST_USE_SECONDS);
    expect(await maintain()).toEqual({ wrong: 0, disabled: 1 });
    expect(await stateOfRootKey()).toBe('Disabled');
    expect(await cloud.admin('POST', '/v1/issuers', { id: 'issuer-3' })).toMatchObject({ status: 200 });
  });

  test('stays disabled over a restart', async () => {
    cloud = await cloud.redeploy(join(directory, 'on'));
    expect(await maintain()).toEqual({ wrong: 0, disabled: 0 });
    expect(await stateOfRootKey()).toBe('Disabled');
  });

  test('stays disabled when the setting is set back, and the alarm rings; issuing goes on', async () => {
    cloud = await cloud.redeploy(assembly('off', settings(false)));
    expect(await stateOfRootKey()).toBe('Disabled');
    expect(await maintain()).toEqual({ wrong: 1, disabled: 0 });
    expect(await cloud.enroll(await cloud.token(), enrollment())).toMatchObject({ status: 201 });
    expect(listAt((await cloud.admin('GET', '/v1/roots')).json, 'ceremonies').length).toBeGreaterThan(0);
  });
});

test.each([
  { name: 'a root that is disabled between uses', disabledBetweenUses: true, refused: 'EnableKey' },
  { name: 'a root', disabledBetweenUses: false, refused: 'Sign' },
])(
  'a deployment succeeds while $name is stopped by the deletion of its key, and the schedule fails',
  async (row) => {
    const { disabledBetweenUses, refused: action } = row;
    const world = await RestorableCloud.start(assembly(`stopped-${action}`, settings(disabledBetweenUses)));
    const { local } = world.cloud;
    try {
      // A list of the root is due.
      world.cloud.pass(21 * 86_400);
      local.calls.reset();
      local.faults.add({ function: 'maintain-authority', action, does: 'refuse' });
      await world.deploy('maintain-authority', world.propertiesOf('MaintenanceDataF6C4D9A9'));
      expect(local.calls.all().filter((call) => call.action === action)).not.toEqual([]);
      await expect(local.invoke('maintain-authority', {})).rejects.toThrow('KMSInvalidStateException');
    } finally {
      await world.stop();
    }
  },
);
