import { type RequestOptions, request } from 'node:https';
import { type ConnectionOptions, connect } from 'node:tls';

/** What a TLS client or server shows. PEM. */
export interface Identity {
  readonly certificate: string;
  readonly issuers: string;
  readonly key: string;
}

export interface Ask {
  readonly port: number;
  /** Sent as SNI and Host. */
  readonly host: string;
  readonly path: string;
  /** PEM: who verifies the proxy. */
  readonly ca: string;
  /** @default - no certificate is shown */
  readonly identity?: Identity | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes. @default 0 */
  readonly bodyLength?: number;
}

/** What came of a request: an answer, or the words with which the connection failed. */
export type Outcome = { readonly status: number; readonly body: string } | { readonly failure: string };

/** Sends one request on a connection of its own. */
export function ask({ port, host, path, ca, identity, headers = {}, bodyLength = 0 }: Ask): Promise<Outcome> {
  const options: RequestOptions = {
    ...{ host: '127.0.0.1', port, servername: host, path, ca, agent: false, method: 'POST' },
    headers: { host, 'content-length': bodyLength, ...headers },
    ...(identity && { cert: identity.certificate + identity.issuers, key: identity.key }),
  };
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ failure: error.message });
    const sent = request(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('error', fail).on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', fail).end(Buffer.alloc(bodyLength, 'a'));
  });
}

/** Connects twice, the second time with the session of the first. What the second handshake was, or what went wrong. */
export async function resume(question: Ask, version: 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
  const first = await exchange(question, version, undefined);
  if ('failure' in first) return first.failure;
  const second = await exchange(question, version, first.session);
  if ('failure' in second) return second.failure;
  return second.resumed ? 'resumed' : 'full handshake';
}

type Exchange =
  | { readonly session: Buffer | undefined; readonly resumed: boolean }
  | { readonly failure: string };

/** A request on a bare connection, so that the answer proves that the client was let in. */
function exchange(
  { port, host, ca, identity }: Ask,
  version: 'TLSv1.2' | 'TLSv1.3',
  session: Buffer | undefined,
): Promise<Exchange> {
  const options: ConnectionOptions = {
    ...{ host: '127.0.0.1', port, servername: host, ca, minVersion: version, maxVersion: version },
    ...(session && { session }),
    ...(identity && { cert: identity.certificate + identity.issuers, key: identity.key }),
  };
  return new Promise((resolve) => {
    let resumed = false;
    const socket = connect(options, () => {
      // It is known only as long as the connection is open.
      resumed = socket.isSessionReused();
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    let latest: Buffer | undefined;
    let answer = '';
    socket.on('session', (each) => {
      latest = each;
    });
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.on('error', ({ message }) => resolve({ failure: message }));
    socket.on('close', () => {
      resolve(answer.startsWith('HTTP/1.1 200') ? { session: latest, resumed } : { failure: answer });
    });
  });
}
