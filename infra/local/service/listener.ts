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
  /** Takes no more requests, gives running ones 5 s to end, then cuts what is left and frees the port. */
  close(): Promise<void>;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** How long running requests get to end when the listener closes. */
const GRACE_MILLISECONDS = 5000;

export interface ListenOptions {
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** The environment variable that sets the port, for the error where it is taken. @default PORT */
  readonly portVariable?: string;
  /** Makes the server. @default - plain HTTP */
  readonly server?: (listener: RequestListener) => Server;
}

/**
 * Listens on 127.0.0.1. A request whose handling throws gets 500; the error goes to the console.
 *
 * @throws Error that names the port where it is taken.
 */
export async function listen(handle: Handle, options: ListenOptions = {}): Promise<Listener> {
  const { port = 0, portVariable = 'PORT', server = createServer } = options;
  const listening = server((request, response) => {
    handle(request, response).catch((error: unknown) => fail(response, error));
  });
  const sockets = new Set<Socket>();
  listening.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  listening.keepAliveTimeout = 60_000;
  // Above its limit Node drops headers without an error; the gateway limits their size itself.
  listening.maxHeadersCount = 0;
  await bind(listening, port, portVariable);
  return { port: (listening.address() as AddressInfo).port, close: () => close(listening, sockets) };
}

/** A client that has gone gets nothing, and nothing is logged. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.socket?.destroyed !== false) return;
  console.error(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { connection: 'close' }).end();
}

function bind(server: Server, port: number, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is taken by another program; choose another one (${variable}=...)`)
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
