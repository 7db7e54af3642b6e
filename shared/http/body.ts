import type { APIGatewayProxyEvent } from 'aws-lambda';
import { AppError, fieldError } from '../errors/app-error.ts';
import { headerOf } from './headers.ts';
import { parseJson } from './json.ts';

/** Octets. Bodies above are refused before anything reads them. */
const MAX_BODY = 16 * 1024;

/**
 * The JSON body of a request. The order is: size, media type, text, JSON.
 *
 * @throws AppError `payload_too_large`, `unsupported_media_type` or `malformed_request`.
 */
export function readJsonBody(event: APIGatewayProxyEvent): unknown {
  checkSize(event);
  if (isEmpty(event)) throw fieldError('malformed_request', '#', 'A body is required: one JSON object.');
  checkMediaType(headerOf(event, 'content-type'));
  return parseJson(decode(event));
}

/** For routes that take no body: nothing that was sent is ignored in silence. */
export function refuseBody(event: APIGatewayProxyEvent): void {
  checkSize(event);
  if (!isEmpty(event)) throw fieldError('malformed_request', '#', 'This route takes no body. Send none.');
}

function isEmpty(event: APIGatewayProxyEvent): boolean {
  return event.body === null || event.body === undefined || event.body === '';
}

function checkSize({ body, isBase64Encoded }: APIGatewayProxyEvent): void {
  if (Buffer.byteLength(body ?? '', isBase64Encoded ? 'base64' : 'utf8') > MAX_BODY)
    throw new AppError('payload_too_large', `The body is larger than ${MAX_BODY} octets (16 KB). Send less.`);
}

/** `application/json` (RFC 8259 section 11), with charset UTF-8 or none. */
function checkMediaType(value: string | undefined): void {
  if (!/^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(value?.trim() ?? ''))
    throw new AppError(
      'unsupported_media_type',
      'The body must be JSON in UTF-8. Send it with the header "Content-Type: application/json".',
    );
}

/** The gateway sends text as it is, and base64 where it took the body for binary. */
function decode({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  if (!isBase64Encoded) return body ?? '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body ?? '', 'base64'));
  } catch {
    throw fieldError('malformed_request', '#', 'The body is not UTF-8. Send JSON in UTF-8.');
  }
}
