import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

/** A TLS server that lets in only clients with a certificate from `ca`, and greets them by their common name. */
export async function listenForClientCertificates(credentials: {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca: Buffer;
  /** Revocation lists of every CA, PEM, each for itself. @default - none are checked */
  readonly crl?: string[];
}): Promise<{ readonly port: number; readonly refusals: readonly string[]; close(): void }> {
  // Node does not tell why it refuses, so the reason is read here where lists are checked.
  const options = { ...credentials, requestCert: true, rejectUnauthorized: credentials.crl === undefined };
  const refusals: string[] = [];
  const server = createServer(options, (socket) => {
    socket.on('error', () => {});
    if (!socket.authorized) {
      refusals.push(String(socket.authorizationError));
      socket.destroy();
      return;
    }
    socket.end(`welcome ${socket.getPeerCertificate().subject.CN}\n`);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve));
  return { port: (server.address() as AddressInfo).port, refusals, close: () => void server.close() };
}

/** Connects with `openssl s_client`, verifying the server by `caFile` and its name; answers all that openssl printed. */
export async function connectWithOpenssl(
  port: number,
  caFile: string,
  client?: { readonly certificate: string; readonly key: string },
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const identity = client
    ? ['-cert', client.certificate, '-cert_chain', client.certificate, '-key', client.key]
    : [];
  const verify = ['-CAfile', caFile, '-verify_hostname', 'localhost', '-verify_return_error'];
  const args = [
    's_client',
    '-connect',
    `localhost:${port}`,
    '-servername',
    'localhost',
    ...verify,
    ...identity,
    '-ign_eof',
  ];
  const child = spawn('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void output.push(chunk));
  const exitCode = await new Promise<number>(
    (resolve) => void child.on('close', (code) => resolve(code ?? 1)),
  );
  return { exitCode, output: Buffer.concat(output).toString() };
}
