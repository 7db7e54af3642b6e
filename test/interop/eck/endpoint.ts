import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { TlsSecret } from './cluster.ts';

/** What the endpoint wants from Prometheus. */
export const BEARER = 'the-token-of-prometheus';

/** The metrics endpoint as the operator serves it: HTTP/2 over TLS alone, for those with a token. */
export async function startEndpoint({ certificate, key }: TlsSecret): Promise<Http2SecureServer> {
  const server = createSecureServer({ cert: certificate, key, allowHTTP1: false });
  server.on('request', (request, response) => {
    const granted = request.headers.authorization === `Bearer ${BEARER}`;
    response.writeHead(granted ? 200 : 401, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(
      granted
        ? '# TYPE elastic_licensing_memory_gibibytes gauge\nelastic_licensing_memory_gibibytes 1\n'
        : '',
    );
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  return server;
}

export function portOf(server: { address(): unknown }): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null && 'port' in address) return Number(address.port);
  throw new Error('the server does not listen');
}
