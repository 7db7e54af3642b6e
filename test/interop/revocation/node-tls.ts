import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { pemOf } from './files.ts';
import type { Judge, Verdict } from './judges.ts';
import type { Case, World } from './world.ts';

/** A TLS server of Node with the full lists as its `crl`; clients show the certificates. */
export const nodeTls: Judge['judge'] = async (cases, world) => {
  const verdicts: Verdict[] = [];
  for (const trial of cases) verdicts.push(await shown(trial, world));
  return verdicts;
};

async function shown({ root, issuer, leaf, fullList, rootFullList }: Case, { key }: World): Promise<Verdict> {
  const chain = pem(leaf) + pem(issuer);
  const crl = [fullList, rootFullList].flatMap((path) => (path === undefined ? [] : [pem(path)]));
  // The certificate of the server does not matter: the client takes any.
  const server = createServer({
    key,
    cert: chain,
    ca: pem(root),
    crl,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, key, cert: chain, rejectUnauthorized: false });
  client.on('error', () => {});
  const [socket] = await once(server, 'secureConnection');
  const words = socket.authorized ? '' : String(socket.authorizationError);
  client.destroy();
  server.close();
  if (words === '') return { state: 'good', words };
  return { state: words === 'CERT_REVOKED' ? 'revoked' : 'unknown', words };
}

function pem(path: string): string {
  return readFileSync(pemOf(path), 'utf8');
}
