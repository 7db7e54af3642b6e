import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** An HTTP server that listens on this machine only. */
export interface Listener {
  readonly port: number;
  /** Takes no more requests, lets those that run end within the grace, then cuts what is left and frees the port. */
  close(): Promise<void>;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Longer than any function of this project takes. */
const GRACE_MILLISECONDS = 5000;

/**
 * Listens on 127.0.0.1. A request whose handling throws gets 500; the error goes to the console.
 *
 * @param port 0 takes a free one.
 * @param server makes the server. @default - plain HTTP
 * @throws Error that names the port where it is taken.
 */
export async function listen(
  handle: Handle,
  port = 0,
  server: (listener: RequestListener) => Server = createServer,
): Promise<Listener> {
  const listening = server((request, response) => {
    handle(request, response).catch((error: unknown) => fail(response, error));
  });
  const sockets = new Set<Socket>();
  listening.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  listening.keepAliveTimeout = 60_000;
  // Node would drop headers above its limit in silence; their size is limited anyway.
  listening.maxHeadersCount = 0;
  await bind(listening, port);
  return { port: (listening.address() as AddressInfo).port, close: () => close(listening, sockets) };
}

/** Nothing is left to say to a client that has gone. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.socket?.destroyed !== false) return;
  console.error(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { connection: 'close' }).end();
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is taken by another program; choose another one (PORT=...)`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const overdue = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, GRACE_MILLISECONDS);
    server.close(() => {
      clearTimeout(overdue);
      resolve();
    });
    server.closeIdleConnections();
  });
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
