import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** An object without its content. */
export interface ObjectHead {
  /** In quotes: the MD5 of the content, as S3 makes it for objects with SSE-S3. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  /** In a bucket with versions. */
  readonly versionId?: string;
  /** Headers that came with the content and are sent back with it, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectHead {
  readonly content: Buffer;
}

/** The objects of one bucket. */
export interface ObjectStore {
  has(key: string): boolean;
  get(key: string): StoredObject | undefined;
  /** Stores an object at once and whole. @throws what `check` throws, which gets the object that is there. */
  put(
    key: string,
    object: Pick<StoredObject, 'content' | 'headers' | 'lastModified'>,
    check: (current: ObjectHead | undefined) => void,
  ): ObjectHead;
}

/**
 * Keeps objects as files: a directory for each key, the object in `current`, earlier versions beside it under their ids.
 * A file is a line of JSON, then the content. Nothing is awaited between a check and the rename that follows it, so
 * that concurrent writes are judged one after the other.
 *
 * @param directory of the bucket; made where missing.
 * @param versioned whether earlier versions are kept.
 */
export function objectStore(directory: string, versioned: boolean): ObjectStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const placeOf = (key: string) => join(directory, encodeURIComponent(key).replace(/^\./, '%2E'));
  const current = (key: string) => join(placeOf(key), 'current');
  return {
    has: (key) => existsSync(current(key)),
    get: (key) => (existsSync(current(key)) ? read(current(key)) : undefined),
    put(key, { content, headers, lastModified }, check) {
      const before = existsSync(current(key)) ? readHead(current(key)) : undefined;
      check(before);
      const place = placeOf(key);
      mkdirSync(place, { recursive: true, mode: 0o700 });
      const etag = `"${createHash('md5').update(content).digest('hex')}"`;
      const version = versioned ? { versionId: randomBytes(16).toString('base64url') } : {};
      const head = { etag, lastModified, headers, ...version };
      const draft = join(place, `${randomUUID()}.tmp`);
      writeFileSync(draft, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), content]));
      // It exists already if an earlier process ended before the next line.
      const kept = before?.versionId && join(place, before.versionId);
      if (kept !== undefined && !existsSync(kept)) linkSync(current(key), kept);
      renameSync(draft, current(key));
      return head;
    },
  };
}

function read(file: string): StoredObject {
  const bytes = readFileSync(file);
  const end = bytes.indexOf('\n');
  return { ...parse(bytes), content: bytes.subarray(end + 1) };
}

/** Metadata have at most 2 KB (S3 user guide, "Working with object metadata"), and a checksum a few octets. */
const MAX_HEAD_OCTETS = 16_384;

function readHead(file: string): ObjectHead {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(MAX_HEAD_OCTETS);
    readSync(descriptor, bytes);
    return parse(bytes);
  } finally {
    closeSync(descriptor);
  }
}

function parse(bytes: Buffer): ObjectHead {
  return JSON.parse(bytes.toString('utf8', 0, bytes.indexOf('\n'))) as ObjectHead;
}
