import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { DAY, HOUR } from '../../shared/domain/duration.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment } from '../support/cloud.ts';
import { listAt, textAt } from '../support/json.ts';
import { expectSafeToCutOff, request } from '../support/lifecycle-matrix.ts';
import { RestorableCloud } from '../support/restorable-cloud.ts';

/*
 * Each step in the life of an issuer, cut off at every call that it makes of AWS and done again; then its whole life by
 * itself, likewise. Every test goes on where the one before it ended.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-issuers-'));
let world: RestorableCloud;
beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = {
    root: { keySpec: 'ECC_NIST_P384' },
    issuers: [1, 2, 3, 4, 5].map((number) => ({
      id: `issuer-${number}`,
      keySpec: number === 3 ? 'RSA_3072' : 'ECC_NIST_P256',
      lifetimeYears: 5,
    })),
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

const post = (path: string, body?: object) => world.cloud.admin('POST', `/v1/issuers${path}`, body);
const maintain = async () => {
  await world.cloud.local.invoke('maintain-authority', {});
};

async function issuers(): Promise<readonly unknown[]> {
  return listAt((await world.cloud.admin('GET', '/v1/issuers')).json, 'items');
}

/** `issuer-1 ACTIVE`, and so on. */
const states = async () => (await issuers()).map((one) => `${textAt(one, 'id')} ${textAt(one, 'state')}`);

/** A new certificate verifies with its issuer. @returns the issuer's id. */
async function enrolls(): Promise<string> {
  const { status, json } = await world.cloud.enroll(await world.cloud.token(), enrollment());
  expect(status).toBe(201);
  const issuer = new X509Certificate(textAt(json, 'chain.0'));
  expect(new X509Certificate(textAt(json, 'certificate')).verify(issuer.publicKey)).toBe(true);
  return textAt(json, 'issuer');
}

const step = (what: string, path: string, body?: object) =>
  expectSafeToCutOff(world, { what, fn: 'change-issuer', run: request(() => post(path, body)) });
/** What all runs do is cut off in `maintain-authority.test.ts`. @param upTo - the last action that is this run's own */
const maintenance = (what: string, upTo?: string) =>
  expectSafeToCutOff(world, { what, fn: 'maintain-authority', run: maintain, ...(upTo && { upTo }) });

describe('crash matrix of', () => {
  test('certifying an issuer', async () => {
    const run = request(() => post('', { id: 'issuer-2' }));
    await expectSafeToCutOff(world, { what: 'issuer certified', fn: 'certify-issuer', run });
    expect(await states()).toEqual(['issuer-1 ACTIVE', 'issuer-2 READY']);
  });

  test('activating and draining issuers', async () => {
    await step('issuer activated', '/issuer-2/activate');
    await request(() => post('', { id: 'issuer-3' }))();
    await request(() => post('/issuer-3/activate'))();
    await step('issuer drained', '/issuer-3/drain');
    expect(await states()).toEqual(['issuer-1 DRAINING', 'issuer-2 ACTIVE', 'issuer-3 DRAINING']);
    expect(await enrolls()).toBe('issuer-2');
  });

  test('retiring an issuer', async () => {
    world.cloud.pass(398 * DAY);
    await step('issuer retired', '/issuer-1/retire');
  });

  test('the next one certified, active, and the one before it retired, by themselves', async () => {
    world.cloud.pass((5 * 365 - 398 - 397 - 25) * DAY);
    await maintenance('next issuer certified');
    expect(await states()).toContain('issuer-4 READY');
    world.cloud.pass(31 * DAY);
    await maintenance('next issuer active', 'TransactWriteItems');
    expect(await states()).toEqual(expect.arrayContaining(['issuer-2 DRAINING', 'issuer-4 ACTIVE']));
    expect(await enrolls()).toBe('issuer-4');
    world.cloud.pass(398 * DAY);
    await maintenance('issuer before it retired', 'TransactWriteItems');
    expect(await states()).toContain('issuer-2 RETIRED');
  });

  test('a compromise, its revocation brought forward, and the revocation', async () => {
    await request(() => post('', { id: 'issuer-5' }))();
    await step('issuer compromised', '/issuer-4/compromise', { comment: 'found on a laptop' });
    expect(await enrolls()).toBe('issuer-5');
    const revokeAt = new Date((world.cloud.seconds() + 2 * DAY) * 1000).toISOString().replace(/\.\d+/, '');
    await step('revocation brought forward', '/issuer-4/compromise', { revokeAt });
    world.cloud.pass(2 * DAY + HOUR);
    await maintenance('issuer revoked', 'TransactWriteItems');
    const revoked = (await issuers()).find((one) => textAt(one, 'id') === 'issuer-4');
    const list = await fetch(`${world.cloud.local.httpUrl}/crl/root-1/ca.crl`);
    const text = Buffer.from(await list.arrayBuffer()).toString('hex');
    expect(text).toContain(textAt(revoked, 'serialNumber'));
  });

  test('publishing all of it as events', async () => {
    const run = async () => {
      await world.cloud.local.invoke('publish-events', {});
    };
    await expectSafeToCutOff(world, { what: 'events published', fn: 'publish-events', run });
    const ids = new Set(world.cloud.events().map(({ detail }) => detail.id.replace(/\/[^/]+$/, '')));
    const of = (issuer: string) => [...ids].filter((id) => id.endsWith(`/${issuer}`));
    const life = ['certified', 'activated', 'draining', 'retired'];
    expect(of('issuer-1')).toEqual(life.map((what) => `issuer.${what}/issuer-1`));
    expect(of('issuer-4')).toEqual(
      ['certified', 'activated', 'compromised', 'revoked'].map((what) => `issuer.${what}/issuer-4`),
    );
    expect(of('root-1')).toEqual(['root.certified/root-1']);
  });
});
