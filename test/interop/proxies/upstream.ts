import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { openssl } from '../../support/openssl.ts';

/** What stands for Elastic Cloud: its names, and a CA that everybody trusts. */
export interface Upstream {
  readonly port: number;
  /** The file of its CA. */
  readonly ca: string;
  /** Every request that came, in order. */
  readonly seen: readonly Seen[];
  readonly stop: () => Promise<void>;
}

export interface Seen {
  /** Which names it for the test that made it. */
  readonly path: string;
  readonly sni: string | false | null | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly bodyLength: number;
}

export const CLOUD = { fleet: 'abc.fleet.cloud.example', elasticsearch: 'abc.es.cloud.example' } as const;

/** Answers `/…?hold=<milliseconds>` as late as that, as Fleet Server does with a check-in. Loopback only. */
export async function startUpstream(directory: string): Promise<Upstream> {
  const { ca, certificate, key } = certify(directory);
  const seen: Seen[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let bodyLength = 0;
    for await (const chunk of request) bodyLength += (chunk as Buffer).length;
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://upstream');
    const sni = (request.socket as TLSSocket & { readonly servername?: Seen['sni'] }).servername;
    seen.push({ path: pathname, sni, headers: request.headers, bodyLength });
    await after(Number(searchParams.get('hold') ?? 0));
    response.end('from upstream');
  };
  const server = createServer(
    { cert: readFileSync(certificate), key: readFileSync(key) },
    (request, response) => {
      answer(request, response).catch(() => response.destroy());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A CA of openssl and a certificate with a wildcard, as Elastic Cloud has. */
function certify(directory: string) {
  mkdirSync(directory, { recursive: true });
  const path = (name: string) => join(directory, name);
  const [ca, caKey, csr] = [path('cloud-ca.crt'), path('cloud-ca.key'), path('cloud.csr')];
  const [certificate, key, extensions] = [path('cloud.crt'), path('cloud.key'), path('cloud.cnf')];
  const p256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...p256, '-keyout', caKey, '-out', ca, '-subj', '/CN=Public CA', '-days', '30');
  openssl('req', ...p256, '-keyout', key, '-out', csr, '-subj', '/CN=cloud');
  const names = 'DNS:*.fleet.cloud.example,DNS:*.es.cloud.example';
  writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  const signer = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-extfile', extensions];
  openssl('x509', '-req', '-in', csr, '-out', certificate, '-days', '30', ...signer);
  return { ca, certificate, key };
}
