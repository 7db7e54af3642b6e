import { createHash } from 'node:crypto';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { type Instant, toDate } from '../../shared/domain/instant.ts';
import type { StoredResponse } from '../../shared/domain/ocsp.ts';
import { type ErrorStatus, errorResponse } from '../../shared/pki/ocsp/error-response.ts';

const CONTENT_TYPE = 'application/ocsp-response';

/**
 * A signed response, with the headers of RFC 9919 section 5.2: caches keep it no longer than `cacheSeconds`, and no longer
 * than half of what is left of its life. 304 where the caller has it.
 */
export function signedResult(
  { der, thisUpdate, nextUpdate }: StoredResponse,
  caller: { readonly now: Instant; readonly cacheSeconds: number; readonly known: readonly string[] },
): APIGatewayProxyResult {
  const maxAge = Math.max(0, Math.min(caller.cacheSeconds, Math.floor((nextUpdate - caller.now) / 2)));
  const etag = `"${createHash('sha256').update(der).digest('hex')}"`;
  const headers = {
    'content-type': CONTENT_TYPE,
    'cache-control': `max-age=${maxAge}, public, no-transform, must-revalidate`,
    'last-modified': toDate(thisUpdate).toUTCString(),
    expires: toDate(nextUpdate).toUTCString(),
    etag,
  };
  if (caller.known.includes(etag)) return { statusCode: 304, headers, body: '', isBase64Encoded: false };
  return { statusCode: 200, headers, ...base64(der) };
}

/** An unsigned response, which no cache keeps: HTTP has gone well, even where OCSP has not (RFC 6960 appendix A.2). */
export function errorResult(
  status: ErrorStatus,
  http: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): APIGatewayProxyResult {
  return {
    statusCode: http.statusCode ?? 200,
    headers: { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store', ...http.headers },
    ...base64(errorResponse(status)),
  };
}

function base64(octets: Uint8Array) {
  return { body: Buffer.from(octets).toString('base64'), isBase64Encoded: true };
}
