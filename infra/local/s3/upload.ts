import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../service/aws-service.ts';
import type { S3Input } from './protocol.ts';

/** What a PutObject stores. */
export interface Upload {
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** System metadata that is sent back with the object (S3 user guide, "Working with object metadata"). */
const KEPT = /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-meta-.+)$/;

const CHECKSUMS: Readonly<Record<string, (content: Buffer) => string>> = {
  'content-md5': hashed('md5'),
  'x-amz-checksum-sha1': hashed('sha1'),
  'x-amz-checksum-sha256': hashed('sha256'),
  'x-amz-checksum-crc32'(content) {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(crc32(content));
    return value.toString('base64');
  },
};

function hashed(algorithm: string): (content: Buffer) => string {
  return (content) => createHash(algorithm).update(content).digest('base64');
}

/**
 * Reads the body and headers of a PutObject, in one piece or in chunks with trailing headers (S3 API reference,
 * "Signature calculations: transferring payload in multiple chunks"), and verifies its checksums.
 *
 * @throws AwsError where a checksum is wrong, or is of a kind that the local cloud does not know.
 */
export function readUpload({ headers: sent }: S3Input, body: Buffer): Upload {
  const chunked = String(sent['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { content, trailers } = chunked ? joinChunks(body) : { content: body, trailers: {} };
  const all = Object.entries({ 'content-type': 'binary/octet-stream', ...sent, ...trailers });
  const headers = all.map(([name, value]) => [name, String(value)] as const);
  const checksums = headers.filter(([name]) => /^(content-md5|x-amz-checksum-.+)$/.test(name));
  for (const [name, value] of checksums) verifyChecksum(name, value, content);
  const kept = headers
    .filter(([name]) => KEPT.test(name))
    .map(([name, value]) => [name, name === 'content-encoding' ? withoutChunks(value) : value] as const)
    .filter(([, value]) => value !== '');
  return { content, headers: Object.fromEntries([...kept, ...checksums]) };
}

function verifyChecksum(name: string, value: string, content: Buffer): void {
  const compute = CHECKSUMS[name];
  if (compute === undefined)
    throw new AwsError('NotImplemented', `the local S3 does not know ${name}; see infra/local/s3/upload.ts`);
  if (compute(content) !== value)
    throw new AwsError('BadDigest', `The ${name} you specified did not match what we received.`);
}

/** Chunks are `<size in hex>[;extension]`, CRLF, octets, CRLF; the last has size 0; trailing headers follow. */
function joinChunks(body: Buffer): { content: Buffer; trailers: Readonly<Record<string, string>> } {
  const chunks: Buffer[] = [];
  for (let start = 0; ; ) {
    const end = body.indexOf('\r\n', start);
    const size = Number.parseInt(body.toString('latin1', start, end), 16);
    if (end < 0 || Number.isNaN(size))
      throw new AwsError('IncompleteBody', 'The request body is incomplete.');
    start = end + 2;
    if (size === 0) return { content: Buffer.concat(chunks), trailers: trailersIn(body.subarray(start)) };
    chunks.push(body.subarray(start, start + size));
    start += size + 2;
  }
}

function trailersIn(rest: Buffer): Record<string, string> {
  const lines = rest.toString('latin1').split('\r\n').filter(Boolean);
  return Object.fromEntries(
    lines
      .map((line) => line.split(/:(.*)/s, 2))
      .map(([name = '', value = '']) => [name.toLowerCase(), value]),
  );
}

function withoutChunks(encoding: string): string {
  return encoding
    .split(/,\s*/)
    .filter((name) => name !== 'aws-chunked')
    .join(',');
}
