import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { AppError, fieldError } from '../errors/app-error.ts';
import { excerpt } from '../errors/excerpt.ts';
import { foreignEncoding } from './encoding.ts';
import { headerOf } from './headers.ts';
import { parseJson } from './json.ts';

/** Octets. Larger bodies are refused before anything reads them. */
const MAX_BODY = 16 * 1024;

/**
 * The JSON body of a request. The order is: size, media type, encoding, JSON. A byte order mark before UTF-8 is skipped
 * (RFC 8259 section 8.1 allows it; Windows PowerShell 5.1 writes one).
 *
 * @throws AppError `payload_too_large`, `unsupported_media_type` or `malformed_request`.
 */
export function readJsonBody(event: APIGatewayProxyEvent): unknown {
  checkSize(event);
  if (isEmpty(event)) throw fieldError('malformed_request', '#', 'A body is required. Send one JSON object.');
  checkMediaType(headerOf(event, 'content-type'));
  checkContentEncoding(headerOf(event, 'content-encoding'));
  return parseJson(decode(event));
}

/** For routes that take no body: nothing that was sent is ignored silently. */
export function refuseBody(event: APIGatewayProxyEvent): void {
  checkSize(event);
  if (!isEmpty(event)) throw fieldError('malformed_request', '#', 'This route takes no body. Leave it out.');
}

/** Whether no body was sent. */
export function isEmpty(event: APIGatewayProxyEvent): boolean {
  return event.body === null || event.body === undefined || event.body === '';
}

function checkSize({ body, isBase64Encoded }: APIGatewayProxyEvent): void {
  if (Buffer.byteLength(body ?? '', isBase64Encoded ? 'base64' : 'utf8') > MAX_BODY)
    throw new AppError(
      'payload_too_large',
      `The body is larger than ${MAX_BODY} bytes (16 KB). Send a smaller one${body?.includes('"trust"') ? ': a CA in trust can be a path on the host instead of pem' : ''}.`,
    );
}

/** `application/json` (RFC 8259 section 11), with charset UTF-8 or none. */
function checkMediaType(value: string | undefined): void {
  if (!/^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(value?.trim() ?? ''))
    throw new AppError(
      'unsupported_media_type',
      'The body must be JSON in UTF-8. Send it with the header "Content-Type: application/json".',
    );
}

const AS_IT_IS = 'Send plain JSON in UTF-8.';

/** Nothing here decompresses: a few octets could become a gigabyte. */
function checkContentEncoding(value = 'identity'): void {
  if (value.trim().toLowerCase() !== 'identity')
    throw fieldError(
      'unsupported_media_type',
      '#/headers/content-encoding',
      `The body is compressed (Content-Encoding: ${excerpt(value, 40)}). ${AS_IT_IS}`,
    );
}

/** The gateway passes text on unchanged, and base64 where it treated the body as binary. */
function decode({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  const octets = isBase64Encoded ? Buffer.from(body ?? '', 'base64') : undefined;
  const text = octets?.toString('utf8') ?? body ?? '';
  const encoding = foreignEncoding(text);
  if (encoding !== undefined)
    throw fieldError('malformed_request', '#', `The body is ${encoding}. ${AS_IT_IS}`);
  if (octets !== undefined && !isUtf8(octets))
    throw fieldError('malformed_request', '#', `The body is not UTF-8. ${AS_IT_IS}`);
  return text.replace(/^\ufeff/, '');
}
