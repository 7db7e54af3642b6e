import { randomUUID } from 'node:crypto';
import type { HttpAnswer } from '../gateway/answers.ts';
import type { GatewayRequest } from '../gateway/request.ts';
import type { Iam, Principal } from '../iam/iam.ts';
import { type Answer, AwsError, type AwsService } from '../service/aws-service.ts';
import type { Distribution, Origin } from './distribution.ts';

/** What distributions get their answers from. */
export interface Origins {
  readonly iam: Iam;
  readonly s3: AwsService;
  /** Serves a request to a REST API; undefined where the template has no API of this id. */
  api(id: string, request: GatewayRequest): Promise<HttpAnswer> | undefined;
}

/** Requests of CloudFront to a bucket (S3 user guide, "Restricting access to an Amazon S3 origin"). */
const CLOUDFRONT: Principal = {
  arn: 'cloudfront.amazonaws.com',
  principalArn: 'cloudfront.amazonaws.com',
  name: 'cloudfront.amazonaws.com',
  policies: [],
};

/** Gets the answer of an origin. @param request as the origin gets it, without its path. */
export async function askOrigin(
  origins: Origins,
  { arn }: Distribution,
  origin: Origin,
  request: GatewayRequest,
): Promise<HttpAnswer> {
  const path = `${origin.path}${request.path}`;
  const [name = '', kind = ''] = origin.domainName.split('.');
  if (kind === 's3') return fromBucket(origins, { arn, origin, bucket: name, path });
  const headers = [
    ...request.headers,
    ['Host', origin.domainName],
    ['User-Agent', 'Amazon CloudFront'],
  ] as const;
  const answer = origins.api(name, { ...request, path, headers, requestId: randomUUID() });
  if (answer !== undefined) return answer;
  return { status: 502, headers: [], body: `the template has no origin ${origin.domainName}` };
}

async function fromBucket(
  { iam, s3 }: Origins,
  { arn, origin, bucket, path }: { arn: string; origin: Origin; bucket: string; path: string },
): Promise<HttpAnswer> {
  try {
    const input = { bucket, key: decoded(path.slice(1)), headers: {} };
    const context = { 'aws:SourceArn': arn, 'aws:SourceAccount': arn.split(':')[4] ?? '' };
    for (const permission of s3.permissions('GetObject', input)) {
      const refusal = origin.signed
        ? await iam.refusal(CLOUDFRONT, { ...permission, context: { ...permission.context, ...context } })
        : 'anonymous';
      if (refusal !== undefined) throw new AwsError('AccessDenied', 'Access Denied');
    }
    return httpAnswer(await s3.perform({ action: 'GetObject', input, body: Buffer.alloc(0) }));
  } catch (error) {
    if (error instanceof AwsError) return httpAnswer(s3.protocol.refuse(error));
    throw error;
  }
}

function httpAnswer({ status, body, headers = {} }: Answer): HttpAnswer {
  return { status, body, headers: Object.entries(headers) };
}

/** An escape that is not UTF-8 is part of no key. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
