import type { AwsService } from '../service/aws-service.ts';
import { unsigned } from '../service/forward.ts';
import type { Resolved } from '../template/template.ts';
import { bucketFinder } from './buckets.ts';
import { S3_PROTOCOL, type S3Input } from './protocol.ts';
import { s3Permissions } from './s3.ts';

/** Headers of a connection, and what was signed for another host: the other S3 gets none of them. */
const OWN = /^(authorization|connection|content-length|expect|host|transfer-encoding|x-amz-security-token)$/;

/** Some engines refuse what nobody signed. */
const SIGNED = unsigned('us-east-1', 's3');

/**
 * The service of another S3 that does not verify signatures, with the permissions of the template. Its buckets are made
 * where they do not exist.
 */
export async function upstreamS3Service(url: string, buckets: readonly Resolved[]): Promise<AwsService> {
  for (const { ref } of buckets) await fetch(new URL(ref, url), { method: 'PUT', headers: SIGNED });
  // What is missing is for the other S3 to find out: no permission depends on it here.
  const find = bucketFinder(buckets, () => ({ has: () => true }));
  return {
    name: 's3',
    protocol: S3_PROTOCOL,
    permissions: (action, input) => s3Permissions(action, input as S3Input, find),
    async perform({ action, input, body }) {
      const { bucket, key, headers } = input as S3Input;
      const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
      const sent = Object.entries(headers).filter(([name]) => !OWN.test(name));
      const answer = await fetch(new URL(path, url), {
        // For HeadObject too: the length that the caller gets is that of the content.
        method: action === 'PutObject' ? 'PUT' : 'GET',
        headers: { ...Object.fromEntries(sent.map(([name, value]) => [name, String(value)])), ...SIGNED },
        ...(action === 'PutObject' ? { body: new Uint8Array(body) } : {}),
      });
      const kept = [...answer.headers].filter(([name]) => !OWN.test(name));
      const content = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, body: content, headers: Object.fromEntries(kept) };
    },
  };
}
