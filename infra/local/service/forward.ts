import { SignatureV4 } from '@smithy/signature-v4';
import type { Answer } from './aws-service.ts';
import type { Credentials } from './credentials.ts';
import { Sha256 } from './sigv4.ts';

/** Sends a call to where the service really is, and answers what comes back. */
export type Forward = (action: string, body: Buffer) => Promise<Answer>;

/** A service that runs elsewhere: embedded in a process of its own, or wherever `AWS_ENDPOINT_URL_...` says. */
export interface Upstream {
  readonly url: string;
  readonly service: 'kms' | 'dynamodb';
  readonly region: string;
  /** Signs the calls; an embedded engine takes any signature. @default none that anybody verifies */
  readonly credentials?: Credentials;
}

const PROTOCOLS = {
  kms: { target: 'TrentService', contentType: 'application/x-amz-json-1.1' },
  dynamodb: { target: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' },
} as const;

/** Headers of an answer that belong to the service. */
const KEPT = ['x-amzn-requestid', 'x-amz-crc32'];

export function forwardTo(upstream: Upstream): Forward {
  const { target, contentType } = PROTOCOLS[upstream.service];
  const url = new URL(upstream.url);
  return async (action, body) => {
    const headers = { host: url.host, 'content-type': contentType, 'x-amz-target': `${target}.${action}` };
    const response = await fetch(url, {
      method: 'POST',
      headers: await signed(upstream, url, headers, body),
      body: new Uint8Array(body),
    });
    const kept = KEPT.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return {
      status: response.status,
      headers: Object.fromEntries(kept),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };
}

/**
 * The form of a signature, for engines that look for one but do not verify it. One that plays many services tells them
 * apart by the scope.
 */
function unsigned({ region, service }: Upstream, headers: Record<string, string>): Record<string, string> {
  return {
    ...headers,
    'x-amz-date': '20260101T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
}

async function signed(
  upstream: Upstream,
  url: URL,
  headers: Record<string, string>,
  body: Buffer,
): Promise<Record<string, string>> {
  const { region, service, credentials } = upstream;
  if (credentials === undefined) return unsigned(upstream, headers);
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const { protocol, hostname, pathname } = url;
  const request = { method: 'POST', protocol, hostname, path: pathname, headers, body };
  return (await signer.sign(request)).headers;
}
