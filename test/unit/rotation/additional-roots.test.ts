import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { fromDate, plus } from '../../../shared/domain/instant.ts';
import { SERVICE } from '../../../shared/domain/revocation.ts';
import { servedBundle } from '../../../shared/issuance/trust-bundle.ts';
import { addRoot } from '../../../shared/rotation/add-root.ts';
import { reconcileRoots } from '../../../shared/rotation/reconcile-roots.ts';
import { removeRoot } from '../../../shared/rotation/remove-root.ts';
import { fakeStore } from '../../fakes/store.ts';
import { oldRoot } from '../../support/old-roots.ts';
import { sampleRoot } from '../../support/records.ts';

const [FIRST, SECOND, THIRD] = [oldRoot('First'), oldRoot('Second'), oldRoot('Third')];
const LONG = Array.from({ length: 9 }, (_, index) =>
  oldRoot(`Long ${index}`, '-addext', `nsComment=${'x'.repeat(2500)}`),
);
const OWN = oldRoot('Own');
const NOW = plus(fromDate(new X509Certificate(FIRST).validFromDate), 3600);
const BY = 'arn:aws:iam::111122223333:role/ca-admin';

const sha256 = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();

let store: ReturnType<typeof fakeStore>;
let now = NOW;
const deps = () => ({ authority: store, clock: () => now });
beforeEach(async () => {
  now = NOW;
  store = fakeStore();
  await store.reserveRoot(sampleRoot());
  await store.commitRoot('root-1', new Uint8Array(new X509Certificate(OWN).raw));
});

const add = (pem: string) => addRoot(deps(), { pem, by: BY });
const remove = (pem: string) => removeRoot(deps(), { sha256: sha256(pem), by: BY });
const deploy = (...pems: readonly string[]) => reconcileRoots(deps(), pems);

/** What the trust bundle has besides the authority's own root. */
async function bundled(): Promise<string> {
  return servedBundle(await store.readAuthority()).pem.slice(OWN.length);
}

async function listed() {
  const { roots } = (await store.readAuthority()).additionalRoots;
  return roots.map(({ subject, inSettings, addedBy }) => [subject, inSettings, addedBy]);
}

test('each change is noted once, with who made it', async () => {
  await deploy(FIRST);
  await add(FIRST);
  now = plus(NOW, 60);
  await add(SECOND);
  await add(SECOND);
  await deploy();
  await remove(SECOND);
  await expect(remove(SECOND)).rejects.toMatchObject({ code: 'not_found' });
  const { changes } = await store.readEventLog();
  const [first, second] = [sha256(FIRST), sha256(SECOND)];
  expect(changes.map(({ action, at, by, sha256: of }) => ({ action, at, by, of }))).toEqual([
    { action: 'added', at: NOW, by: SERVICE, of: first },
    { action: 'added', at: plus(NOW, 60), by: BY, of: second },
    { action: 'removed', at: plus(NOW, 60), by: BY, of: second },
  ]);
});

describe('an administrator', () => {
  test('adds roots in their order, each once', async () => {
    expect((await add(FIRST)).created).toBe(true);
    expect((await add(SECOND)).created).toBe(true);
    const again = await addRoot(deps(), { pem: FIRST.trimEnd(), by: 'arn:other' });
    expect(again).toMatchObject({ created: false, root: { sha256: sha256(FIRST), addedBy: BY } });
    expect(await bundled()).toBe(FIRST + SECOND);
  });

  test('sees who added a root when, and how long it is valid', async () => {
    const { root } = await add(FIRST);
    const { raw, validFromDate, validToDate } = new X509Certificate(FIRST);
    expect(root).toEqual({
      sha256: sha256(FIRST),
      subject: 'O=Acme, CN=First',
      validity: { notBefore: fromDate(validFromDate), notAfter: fromDate(validToDate) },
      certificate: new Uint8Array(raw),
      addedAt: NOW,
      addedBy: BY,
      inSettings: false,
    });
  });

  test('removes a root; once it is gone, there is none', async () => {
    await add(FIRST);
    await add(SECOND);
    await remove(FIRST);
    expect(await bundled()).toBe(SECOND);
    await expect(remove(FIRST)).rejects.toMatchObject({
      code: 'not_found',
      message: 'No additional root has this fingerprint. GET /v1/roots lists them.',
    });
  });

  test('cannot remove what the setting names', async () => {
    await deploy(FIRST);
    await expect(remove(FIRST)).rejects.toMatchObject({
      code: 'root_in_settings',
      message:
        'The setting additionalRoots of the last deployment names this root. Remove it from the setting and deploy.',
    });
    expect(await bundled()).toBe(FIRST);
  });

  test.each([
    {
      name: 'text',
      pem: () => 'MII=',
      says: 'pem must be one certificate in PEM with line ends "\\n".',
    },
    {
      name: 'a leaf',
      pem: () => oldRoot('leaf', '-addext', 'basicConstraints=critical,CA:FALSE'),
      says: '"O=Acme, CN=leaf" must be a CA certificate (basicConstraints CA:TRUE, key usage keyCertSign), which it is not: use the root of that CA instead.',
    },
    {
      name: "the authority's own root",
      pem: () => OWN,
      says: '"O=Acme, CN=Own" is root-1 of this authority: the trust bundle contains it.',
    },
  ])('is refused $name', async ({ pem, says }) => {
    await expect(add(pem())).rejects.toMatchObject({
      code: 'root_refused',
      errors: [{ pointer: '#/pem', detail: says }],
    });
    expect(await bundled()).toBe('');
  });

  test('is refused a root that has ended', async () => {
    now = plus(NOW, 31 * 86_400);
    await expect(add(FIRST)).rejects.toMatchObject({
      code: 'root_refused',
      message: expect.stringMatching(/^"O=Acme, CN=First" must be valid, but expired at /),
    });
  });

  test('is refused what would make the bundle too long, and what is there stays', async () => {
    for (const pem of LONG.slice(0, 8)) await add(pem);
    const before = await bundled();
    await expect(add(LONG[8] ?? '')).rejects.toMatchObject({
      code: 'root_refused',
      message: expect.stringMatching(
        /^The additional roots would be \d+ characters long, but every host downloads them, and 32768 are the most: remove old ones first, with DELETE \/v1\/roots\/\{id\} or from the setting additionalRoots\.$/,
      ),
    });
    expect(await bundled()).toBe(before);
  });
});

describe('a deployment', () => {
  test('brings what its setting names, in its order, before what administrators added', async () => {
    await add(SECOND);
    await deploy(THIRD, FIRST);
    expect(await bundled()).toBe(THIRD + FIRST + SECOND);
    await deploy(FIRST, THIRD);
    expect(await bundled()).toBe(FIRST + THIRD + SECOND);
  });

  test('removes what its setting no longer names, unless an administrator added it', async () => {
    await add(FIRST);
    await deploy(FIRST, SECOND, THIRD);
    await add(THIRD);
    expect(await listed()).toEqual([
      ['O=Acme, CN=First', true, BY],
      ['O=Acme, CN=Second', true, undefined],
      ['O=Acme, CN=Third', true, BY],
    ]);
    await deploy();
    expect(await listed()).toEqual([
      ['O=Acme, CN=First', false, BY],
      ['O=Acme, CN=Third', false, BY],
    ]);
    await remove(FIRST);
    expect(await bundled()).toBe(THIRD);
  });

  test('that names the same again writes nothing', async () => {
    await deploy(FIRST, SECOND);
    const before = store.calls.length;
    await deploy(FIRST, SECOND);
    expect(store.calls.slice(before)).toEqual(['readAuthority']);
  });

  test('keeps a root that has ended since: it harms nobody', async () => {
    await deploy(FIRST);
    now = plus(NOW, 31 * 86_400);
    await deploy(FIRST);
    expect(await bundled()).toBe(FIRST);
  });

  test('without room for all fails, and leaves what is there', async () => {
    await add(FIRST);
    await expect(deploy(...LONG)).rejects.toMatchObject({ code: 'root_refused' });
    expect(await bundled()).toBe(FIRST);
  });
});

test('changes at the same time are all made', async () => {
  await Promise.all([add(FIRST), add(SECOND), deploy(THIRD)]);
  expect((await listed()).map(([subject]) => subject)).toEqual([
    'O=Acme, CN=Third',
    ...['O=Acme, CN=First', 'O=Acme, CN=Second'],
  ]);
});

test('a change that others are always faster than is given up', async () => {
  const authority = { ...store, replaceAdditionalRoots: async () => 'changed' as const };
  await expect(addRoot({ authority, clock: () => NOW }, { pem: FIRST, by: BY })).rejects.toMatchObject({
    code: 'try_again',
    message: 'Other requests changed the additional roots at the same time. Send the same request again.',
  });
});
