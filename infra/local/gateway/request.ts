import type { IncomingMessage } from 'node:http';

/** A request as the gateway received it. */
export interface GatewayRequest {
  readonly requestId: string;
  readonly method: string;
  /** With the stage, still encoded. */
  readonly path: string;
  /** Decoded. */
  readonly query: readonly (readonly [string, string])[];
  /** Names as they were sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** @param body all of it. */
export function receivedRequest(
  message: IncomingMessage,
  body: Buffer,
  { requestId, time }: Pick<GatewayRequest, 'requestId' | 'time'>,
): GatewayRequest {
  const [path = '', query = ''] = originForm(message.url ?? '/').split(/\?(.*)/s);
  const sourceIp = message.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1';
  const forwarded = { 'X-Forwarded-For': sourceIp, 'X-Forwarded-Port': '443', 'X-Forwarded-Proto': 'https' };
  return {
    requestId,
    method: message.method ?? 'GET',
    path: path.replace(/^\/+/, '/'),
    query: [...new URLSearchParams(query)],
    headers: [...sentHeaders(message), ...Object.entries(forwarded)],
    body,
    sourceIp,
    time: Math.floor(time),
  };
}

/** Names and values as they were sent, in their order. */
export function sentHeaders({ rawHeaders }: IncomingMessage): readonly (readonly [string, string])[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[index * 2] ?? '',
    rawHeaders[index * 2 + 1] ?? '',
  ]);
}

/** A request target without scheme and host (RFC 9112 section 3.2). */
function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '');
}

/**
 * Reads a request's body; undefined where it is longer than `limit` bytes. What is too long is read to its end too: a
 * client that is still sending would not see the answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}
