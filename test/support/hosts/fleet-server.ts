import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { OpensslCa } from '../openssl-ca.ts';

/** A listener that asks for client certificates, as Fleet Server does with `--fleet-server-client-auth=required`. */
export class FleetServer {
  readonly #server: Server;
  readonly #identity: { readonly cert: string; readonly key: string };
  /** Serial numbers of the certificates that it took. */
  readonly seen: string[] = [];

  private constructor(server: Server, identity: { readonly cert: string; readonly key: string }) {
    this.#server = server;
    this.#identity = identity;
  }

  /** @param issuer - of its own certificate @param trusted - PEM, the CAs of its clients */
  static async start(issuer: OpensslCa, trusted: string): Promise<FleetServer> {
    const cert = issuer.leaf('localhost') + issuer.pem;
    const identity = { cert, key: issuer.leafKey };
    const options = { ...identity, ca: trusted, requestCert: true, rejectUnauthorized: true };
    const server = createServer(options, (request, response) => {
      const peer = new X509Certificate((request.socket as TLSSocket).getPeerCertificate().raw);
      started.seen.push(peer.serialNumber.toLowerCase());
      response.end('{"status":"HEALTHY"}');
    });
    const started = new FleetServer(server, identity);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Trusts other CAs from now on, as after a restart. */
  trust(pem: string): void {
    this.#server.setSecureContext({ ...this.#identity, ca: pem });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
