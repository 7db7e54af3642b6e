import type { APIGatewayProxyEvent } from 'aws-lambda';
import { OCSP_PATH } from '../../shared/domain/revocation-points.ts';
import { MAX_REQUEST_OCTETS } from '../../shared/pki/ocsp/request.ts';

/**
 * The octets of the OCSP request in a request to the gateway.
 * - `method`: neither GET nor POST (nor HEAD).
 * - `too-large`: more than are read; nothing was decoded.
 * - `malformed`: the path is not base64.
 */
export type ReadOctets = Uint8Array | 'method' | 'too-large' | 'malformed';

/** Base64 has four characters for three octets. */
const MAX_CHARACTERS = Math.ceil(MAX_REQUEST_OCTETS / 3) * 4;

/** Each character of a path may be percent-encoded. */
const MAX_PATH = MAX_CHARACTERS * 3;

/** Reads a request as RFC 6960 appendix A.1 has it: DER in the body of POST, or in base64 in the path of GET. */
export function readOctets(event: APIGatewayProxyEvent): ReadOctets {
  switch (event.httpMethod) {
    case 'POST':
      return fromBody(event.body ?? '', event.isBase64Encoded);
    case 'GET':
    case 'HEAD':
      return fromPath(event.pathParameters?.['request'] ?? afterBase(event.path));
    default:
      return 'method';
  }
}

/** The gateway encodes what it takes for binary; where it takes a body for text, an octet is a character. */
function fromBody(body: string, isBase64Encoded: boolean): ReadOctets {
  if (body.length > (isBase64Encoded ? MAX_CHARACTERS : MAX_REQUEST_OCTETS)) return 'too-large';
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'latin1');
}

function afterBase(path: string): string {
  const at = path.indexOf(`${OCSP_PATH}/`);
  return at < 0 ? '' : path.slice(at + OCSP_PATH.length + 1);
}

/**
 * Clients encode `/`, `+` and `=`, or leave them as they are; some gateways decode the path, some make a space of `+`.
 */
function fromPath(path: string): ReadOctets {
  if (path.length > MAX_PATH) return 'too-large';
  const text = decoded(path)?.replaceAll(' ', '+').replace(/^\/+/, '');
  if (text === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return 'malformed';
  return text.length > MAX_CHARACTERS ? 'too-large' : Buffer.from(text, 'base64');
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/**
 * The entity tags of responses that the caller has, compared weakly (RFC 9110 section 13.1.2); however often the header was
 * sent. None with POST, where it means something else.
 */
export function readKnownTags({
  httpMethod,
  headers,
  multiValueHeaders,
}: APIGatewayProxyEvent): readonly string[] {
  if (httpMethod === 'POST') return [];
  const sent = Object.entries({ ...headers, ...multiValueHeaders }).filter(
    ([name]) => name.toLowerCase() === 'if-none-match',
  );
  const lists = sent.flatMap(([, value]) => value ?? []);
  return lists.flatMap((list) => list.split(',')).map((tag) => tag.trim().replace(/^W\//, ''));
}
