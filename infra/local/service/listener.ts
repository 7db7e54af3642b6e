import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** An HTTP server that listens on this machine only. */
export interface Listener {
  readonly port: number;
  /** Takes no more requests, lets those that run end within the grace, then cuts what is left and frees the port. */
  close(): Promise<void>;
}

/** Longer than any function of this project takes. */
const GRACE_MILLISECONDS = 5000;

/**
 * Listens on 127.0.0.1.
 *
 * @param port 0 takes a free one.
 * @param tls PEM certificate and key; plain HTTP without.
 * @throws Error that names the port where it is taken.
 */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port = 0,
  tls?: { readonly cert: string; readonly key: string },
): Promise<Listener> {
  const listener: RequestListener = (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (request.destroyed || response.destroyed) return;
      console.error(error);
      response.destroy();
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is taken by another program; choose another one (PORT=...)`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS).unref();
      }),
  };
}

/** Reads a request's body whole; undefined as soon as it is longer than `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
