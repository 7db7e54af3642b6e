import { AwsError, type AwsService, type Permission, type ServiceCall } from '../service/aws-service.ts';
import type { Clock } from '../service/clock.ts';
import type { Bucket, FindBucket } from './buckets.ts';
import type { ObjectHead, ObjectStore, StoredObject } from './object-store.ts';
import { S3_PROTOCOL, type S3Input } from './protocol.ts';
import { readUpload } from './upload.ts';

/** The S3 of the buckets of the template. Messages are those of S3. */
export function s3Service(find: FindBucket<Bucket & ObjectStore>, clock: Pick<Clock, 'now'>): AwsService {
  return {
    name: 's3',
    protocol: S3_PROTOCOL,
    permissions: (action, input) => s3Permissions(action, input as S3Input, find),
    async perform({ action, input, body }: ServiceCall) {
      const { bucket, key, headers } = input as S3Input;
      if (action !== 'PutObject') return read(find(bucket).get(key), headers);
      const upload = { ...readUpload(input as S3Input, body), lastModified: clock.now() };
      const head = find(bucket).put(key, upload, (current) => requireMatch(headers, current));
      const checksums = Object.entries(upload.headers).filter(([name]) => name.startsWith('x-amz-checksum-'));
      const named = { etag: head.etag, ...versionHeader(head), ...Object.fromEntries(checksums) };
      return { status: 200, body: '', headers: named };
    },
  };
}

/**
 * The permissions that a call needs (S3 API reference). Whether an object is missing is for those to know who may list
 * the bucket. A write with `If-Match` reads too (S3 user guide, "Conditional writes").
 *
 * @throws AwsError for an operation that the local cloud does not have.
 */
export function s3Permissions(action: string, input: S3Input, find: FindBucket): readonly Permission[] {
  if (action === '')
    throw new AwsError(
      'NotImplemented',
      'the local S3 has PutObject, GetObject and HeadObject only; add others to infra/local/s3',
    );
  const { bucket, key, headers } = input;
  const { arn, has } = find(bucket);
  const resource = `${arn}/${key}`;
  const context = Object.fromEntries(
    ['if-match', 'if-none-match'].flatMap((name) => {
      const value = headers[name];
      return action === 'PutObject' && typeof value === 'string' ? [[`s3:${name}`, value]] : [];
    }),
  );
  const on = (name: string, target = resource) => ({ action: `s3:${name}`, resource: target, context });
  if (action === 'PutObject')
    return [on('PutObject'), ...(headers['if-match'] === undefined ? [] : [on('GetObject')])];
  return [on('GetObject'), ...(has(key) ? [] : [on('ListBucket', arn)])];
}

/** @throws AwsError where a condition of a write is not met. */
function requireMatch(headers: S3Input['headers'], current: ObjectHead | undefined): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && current === undefined) throw noSuchKey();
  if (match !== undefined && !sameTag(match, current)) throw preconditionFailed();
  if (noneMatch !== undefined && noneMatch !== '*')
    throw new AwsError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
    );
  if (noneMatch !== undefined && current !== undefined) throw preconditionFailed();
}

function sameTag(tag: string, object: ObjectHead | undefined): boolean {
  return tag.replaceAll('"', '') === object?.etag.replaceAll('"', '');
}

function read(object: StoredObject | undefined, asked: S3Input['headers']) {
  if (object === undefined) throw noSuchKey();
  const { 'if-match': match, 'if-none-match': noneMatch } = asked;
  if (match !== undefined && !sameTag(match, object)) throw preconditionFailed();
  const headers = objectHeaders(object, asked['x-amz-checksum-mode'] === 'ENABLED');
  if (noneMatch !== undefined && sameTag(noneMatch, object)) return { status: 304, body: '', headers };
  return { status: 200, body: object.content, headers };
}

/** The headers of an answer with the object. @param withChecksums as the request asked for. */
function objectHeaders(object: ObjectHead, withChecksums = false): Record<string, string> {
  const kept = Object.entries(object.headers).filter(
    ([name]) => name !== 'content-md5' && (withChecksums || !name.startsWith('x-amz-checksum-')),
  );
  return {
    ...Object.fromEntries(kept),
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    ...versionHeader(object),
  };
}

function versionHeader({ versionId }: ObjectHead): Record<string, string> {
  return versionId === undefined ? {} : { 'x-amz-version-id': versionId };
}

function noSuchKey(): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.');
}

function preconditionFailed(): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}
