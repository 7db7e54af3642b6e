import type { IncomingMessage } from 'node:http';
import type { AwsError, Input, Protocol } from '../service/aws-service.ts';

/** Members of a request: bucket, key, and the headers in lower case. */
export interface S3Input extends Input {
  readonly bucket: string;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
}

const ACTIONS: Readonly<Record<string, string>> = { PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject' };

/** Statuses of S3's errors (S3 API reference, "Error responses"). */
const STATUSES: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  InvalidAccessKeyId: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  ConditionalRequestConflict: 409,
  PreconditionFailed: 412,
  NotImplemented: 501,
  SlowDown: 503,
};

/** S3's names of refusals that the gate words for all services. */
const NAMES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidAccessKeyId',
};

/** S3's REST protocol with path-style addresses, which SDK clients use for an endpoint that is an IP address. */
export const S3_PROTOCOL: Protocol = {
  read({ method = '', url = '', headers }, body) {
    const { pathname, searchParams } = new URL(url, 'http://s3');
    const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    searchParams.delete('x-id');
    const known = key !== '' && searchParams.size === 0;
    const input: S3Input = { bucket, key: decodeURIComponent(key), headers };
    return { action: (known && ACTIONS[method]) || '', input, body };
  },
  refuse({ code, message }: AwsError) {
    const name = NAMES[code] ?? code;
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${name}</Code><Message>${escaped(message)}</Message></Error>`;
    return { status: STATUSES[name] ?? 400, body, headers: { 'content-type': 'application/xml' } };
  },
  codeOf: ({ body, status }) => /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1] ?? String(status),
};

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
