import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import type { ObjectContent, ObjectStore } from '../../shared/revocation/ports.ts';
import { fakeObjectStore } from '../fakes/object-store.ts';
import { type LocalS3, startS3 } from '../support/local-s3.ts';

const BUCKETS = Array.from({ length: 40 }, (_, i) => `lists-${i}`);
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-s3-'));
let s3: Promise<LocalS3> | undefined;
let used = 0;
afterAll(async () => {
  await (await s3)?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function clientOfS3(): Promise<S3Client> {
  s3 ??= startS3(directory, BUCKETS);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return s3Client({ endpoint: (await s3).url, region: 'eu-central-1', credentials });
}

async function adapterOver(bucketName: string): Promise<ObjectStore> {
  return s3ObjectStore({ client: await clientOfS3(), bucketName });
}

const STORES = [
  { name: 'the fake', start: async (): Promise<ObjectStore> => fakeObjectStore() },
  { name: 'the S3 adapter', start: () => adapterOver(BUCKETS[used++] ?? '') },
];

const PATH = '/crl/issuer-1/3.crl';

function content(text: string, metadata: Readonly<Record<string, string>> = {}): ObjectContent {
  return { body: Buffer.from(text), contentType: 'application/pkix-crl', maxAgeSeconds: 60, metadata };
}

describe.each(STORES)('published objects, on $name', ({ start }) => {
  let store: ObjectStore;
  beforeEach(async () => {
    store = await start();
  });
  const text = async (path = PATH) => {
    const found = await store.read(path);
    return found && Buffer.from(found.body).toString();
  };
  const etag = async () => (await store.describe(PATH))?.etag;

  test('at first there are none', async () => {
    expect(await store.describe(PATH)).toBeUndefined();
    expect(await store.read(PATH)).toBeUndefined();
  });

  test('an object is read back with its metadata', async () => {
    const metadata = { 'crl-number': '1795435200000000000', 'this-update': '2026-11-23T12:00:00Z' };
    expect(await store.replace(PATH, content('one', metadata), undefined)).toBe('replaced');
    const read = await store.read(PATH);
    expect(read).toEqual({ etag: expect.stringMatching(/^".+"$/), metadata, body: expect.anything() });
    expect(Buffer.from(read?.body ?? []).toString()).toBe('one');
    expect(await store.describe(PATH)).toEqual({ etag: read?.etag, metadata });
  });

  test('paths are apart', async () => {
    await store.replace(PATH, content('one'), undefined);
    await store.replace('/crl/bundle.pem', content('two'), undefined);
    expect([await text(), await text('/crl/bundle.pem')]).toEqual(['one', 'two']);
    expect(await store.describe('/crl/issuer-1')).toBeUndefined();
  });

  test('the first object is not written over one that is there', async () => {
    await store.replace(PATH, content('one'), undefined);
    expect(await store.replace(PATH, content('two'), undefined)).toBe('conflict');
    expect(await text()).toBe('one');
  });

  test('an object is replaced by who read it last, and by nobody else', async () => {
    await store.replace(PATH, content('one'), undefined);
    const first = await etag();
    expect(await store.replace(PATH, content('two'), first)).toBe('replaced');
    expect(await store.replace(PATH, content('three'), first)).toBe('conflict');
    expect(await text()).toBe('two');
    expect(await store.replace(PATH, content('three'), await etag())).toBe('replaced');
    expect(await text()).toBe('three');
  });

  test('an object that is not there is not replaced', async () => {
    expect(await store.replace(PATH, content('one'), '"900150983cd24fb0d6963f7d28e17f72"')).toBe('conflict');
    expect(await text()).toBeUndefined();
  });

  test('of 20 that replace one object at once, one does', async () => {
    await store.replace(PATH, content('zero'), undefined);
    const expected = await etag();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.replace(PATH, content(`${i}`), expected)),
    );
    expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1);
    expect(await text()).toBe(`${outcomes.indexOf('replaced')}`);
  });

  test('an object may be of any size', async () => {
    for (const size of [0, 6_000_000]) {
      const path = `/crl/${size}.crl`;
      await store.replace(path, { ...content(''), body: Buffer.alloc(size, 7) }, undefined);
      expect((await store.read(path))?.body).toHaveLength(size);
    }
  });
});

describe('the S3 adapter', () => {
  test('sends what the distribution serves: type, cache life, metadata', async () => {
    const Bucket = BUCKETS[used++] ?? '';
    const store = await adapterOver(Bucket);
    await store.replace(PATH, content('one', { 'crl-number': '7' }), undefined);
    const client = await clientOfS3();
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: PATH.slice(1) }))).toMatchObject({
      ContentType: 'application/pkix-crl',
      CacheControl: 'max-age=60',
      Metadata: { 'crl-number': '7' },
    });
  });

  test('takes a lost answer for a conflict, since it can not know that the object is its own', async () => {
    const store = await adapterOver(BUCKETS[used++] ?? '');
    (await s3)?.faults.add({ action: 'PutObject', nth: 1, does: 'lose' });
    expect(await store.replace(PATH, content('one'), undefined)).toBe('conflict');
    (await s3)?.faults.clear();
    expect(Buffer.from((await store.read(PATH))?.body ?? []).toString()).toBe('one');
  });

  test('says that the store does not answer where it is throttled for long', async () => {
    const store = await adapterOver(BUCKETS[used++] ?? '');
    (await s3)?.faults.add({ does: 'throttle' });
    await expect(store.describe(PATH)).rejects.toMatchObject({ code: 'try_again' });
    await expect(store.replace(PATH, content('one'), undefined)).rejects.toMatchObject({ code: 'try_again' });
    (await s3)?.faults.clear();
    expect(await store.describe(PATH)).toBeUndefined();
  });

  test('throws where the bucket does not exist: that is not an object that is missing', async () => {
    const store = await adapterOver('no-such-bucket');
    await expect(store.read(PATH)).rejects.toThrow('The specified bucket does not exist');
    await expect(store.replace(PATH, content('one'), '"x"')).rejects.toThrow(
      'The specified bucket does not exist',
    );
  });
});
