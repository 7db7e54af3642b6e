import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The answer to a request that was written octet by octet. */
export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Where a local cloud listens. */
export interface RawAddress {
  readonly url: string;
  readonly caPem: string;
}

/**
 * Writes octets to the gateway and reads until it closes the connection: what no HTTP client would send.
 *
 * @param options.plain speaks plain TCP to the port instead of TLS.
 */
export async function sendRaw(
  { url, caPem }: RawAddress,
  octets: string,
  options: { readonly plain?: boolean } = {},
): Promise<RawAnswer> {
  const port = Number(new URL(url).port);
  const socket: Socket = options.plain
    ? connectPlain(port, '127.0.0.1')
    : connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: caPem });
  socket.write(octets, 'latin1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => {
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
  const [head = '', ...body] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: body.join('\r\n\r\n') };
}

/** A request that ends with its answer. */
export function rawRequest(line: string, headers: readonly string[] = [], body = ''): string {
  return [line, 'Host: localhost', 'Connection: close', ...headers, '', body].join('\r\n');
}
