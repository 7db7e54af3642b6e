import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Answer } from './aws-service.ts';
import type { Credentials } from './credentials.ts';
import { DYNAMODB, KMS } from './json-protocol.ts';

/** Sends a call to where the service really is, and returns the answer. */
export type Forward = (action: string, body: Buffer) => Promise<Answer>;

/** A service that runs elsewhere: in a process of its own, or at the URL of `AWS_ENDPOINT_URL_...`. */
export interface Upstream {
  readonly url: string;
  readonly service: keyof typeof WORDS;
  readonly region: string;
  /** What operations are of, where it is not the service itself. @default - the service */
  readonly target?: string;
  /** Signs the calls; an embedded engine takes any signature. @default - a signature that is never verified */
  readonly credentials?: Credentials;
}

const WORDS = { kms: KMS, dynamodb: DYNAMODB };

/** Headers of an answer that the caller gets too. */
const KEPT = ['content-type', 'x-amzn-requestid', 'x-amz-crc32'];

export function forwardTo(upstream: Upstream): Forward {
  const { target, contentType } = { ...WORDS[upstream.service], ...upstream };
  const url = new URL(upstream.url);
  return async (action, body) => {
    const headers = { host: url.host, 'content-type': contentType, 'x-amz-target': `${target}.${action}` };
    return post(url, await signed(upstream, url, headers, body), body);
  };
}

/** Half of what fetch costs: this is the way of every item of the table. */
async function post(url: URL, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer> {
  const client = url.protocol === 'https:' ? https : http;
  const request = client.request(url, { method: 'POST', headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const kept = Object.entries(response.headers).filter(([name]) => KEPT.includes(name));
  return {
    status: response.statusCode ?? 500,
    headers: Object.fromEntries(kept) as Record<string, string>,
    body: await buffer(response),
  };
}

/**
 * The form of a signature, for engines that look for one but do not verify it. Engines of many services choose by its
 * scope.
 */
export function unsigned(region: string, service: string): Readonly<Record<string, string>> {
  return {
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
  if (credentials === undefined) return { ...headers, ...unsigned(region, service) };
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const { protocol, hostname, pathname } = url;
  const request = { method: 'POST', protocol, hostname, path: pathname, headers, body };
  return (await signer.sign(request)).headers;
}
