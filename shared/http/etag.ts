import { createHash } from 'node:crypto';
import type { ApiResponse } from './response.ts';

/** A strong entity tag of a text (RFC 9110 section 8.8.3). */
function entityTag(content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
}

/**
 * A cacheable response, or 304 where the caller has it already.
 *
 * @param ifNoneMatch the request's header: `*`, or a list of tags, compared weakly (RFC 9110 section 13.1.2).
 * @param maxAgeSeconds how long caches may serve it.
 */
export function cacheable(
  text: { readonly contentType: string; readonly content: string },
  ifNoneMatch: string | undefined,
  maxAgeSeconds: number,
): ApiResponse {
  const etag = entityTag(text.content);
  const headers = { etag, 'cache-control': `public, max-age=${maxAgeSeconds}` };
  const known = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes('*') || known.includes(etag)) return { status: 304, headers };
  return { status: 200, text, headers };
}
