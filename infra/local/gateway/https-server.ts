import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** The first octet of a TLS connection: a handshake record (RFC 8446 section 5.1). */
const HANDSHAKE = 22;

/** Far above the gateway's limit, so that the gateway answers: Node's answer would be lost while a client still sends. */
const MAX_HEADER_OCTETS = 1024 * 1024;

/** An HTTPS server that answers plain HTTP on its port with 400 and advice, instead of a broken connection. */
export function httpsServer(
  tls: { readonly cert: string; readonly key: string },
  listener: RequestListener,
): Server {
  const secure = createTlsServer({ ...tls, maxHeaderSize: MAX_HEADER_OCTETS }, listener);
  const plain = createServer((_, response) => {
    const headers = { 'Content-Type': 'application/problem+json', 'Content-Length': SPEAKS_HTTPS.length };
    response.writeHead(400, { ...headers, Connection: 'close' }).end(SPEAKS_HTTPS);
  });
  secure.on('connect', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  const accept = secure.listeners('connection');
  secure.removeAllListeners('connection');
  secure.on('connection', (socket: Socket) => {
    const leave = () => socket.destroy();
    socket.on('error', leave);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (first === null) return leave();
      socket.off('error', leave);
      socket.unshift(first);
      if (first[0] !== HANDSHAKE) plain.emit('connection', socket);
      else for (const take of accept) Reflect.apply(take, secure, [socket]);
    });
  });
  return secure;
}

const SPEAKS_HTTPS = JSON.stringify({
  type: 'about:blank',
  title: 'Bad Request',
  status: 400,
  detail: 'This port speaks HTTPS. Use https:// instead of http:// in the address.',
});
