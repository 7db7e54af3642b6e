import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localTls } from '../../../infra/local/gateway/tls.ts';
import { fromDate, toRfc3339 } from '../../../shared/domain/instant.ts';
import { newSerialNumber, type SerialNumber } from '../../../shared/domain/serial-number.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import { readConfirmationProof } from '../../../shared/pki/proof/confirmation-proof.ts';
import type { Holder } from '../../../shared/pki/proof/proof.ts';
import { type RenewalProof, readRenewalProof } from '../../../shared/pki/proof/renewal-proof.ts';
import { OpensslCa } from '../openssl-ca.ts';

/** A response that a test gives instead of the service's own. */
export interface Given {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** A certificate that the service issued. */
interface Issued extends Holder {
  readonly serialNumber: SerialNumber;
  readonly name: string;
  readonly pem: string;
  successor?: { readonly csr: string; readonly serialNumber: SerialNumber; confirmed: boolean };
}

/**
 * What `rotate.sh` sees of the service, over HTTPS, with certificates by openssl: quick to start, and it says what a test
 * wants to hear. Proofs are read by the service's own readers. The whole service runs in test/exhaustive.
 */
export class RenewalService {
  readonly #directory: string;
  readonly #server: Server;
  readonly #first: OpensslCa;
  readonly #lost = new Set<string>();
  readonly #issued = new Map<string, Issued>();
  readonly root: OpensslCa;
  /** Signs what is issued from now on. */
  issuer: OpensslCa;
  readonly caFile: string;
  readonly url: string;
  /** Every request, `POST /v1/renew`. */
  readonly requests: string[] = [];
  /** What the renewals said. */
  readonly renewals: RenewalProof[] = [];
  readonly deployments: unknown[] = [];
  /** By request: responses to give, one each time. */
  readonly given = new Map<string, Given[]>();
  /** Seconds that its clock is ahead of the host's. */
  ahead = 0;
  /** Seconds from now. */
  window: readonly [number, number] = [-3600, -1800];
  retryAfter = 21_600;
  activation: object = { agent: 'automatic', commands: [], reason: '' };
  /** The trust bundle, and what else GET /v1/trust publishes. */
  bundle: string;
  published: readonly string[] = [];

  static async start(): Promise<RenewalService> {
    const directory = mkdtempSync(join(tmpdir(), 'fleetseal-renewals-'));
    const tls = await localTls(join(directory, 'tls'));
    const service: { made?: RenewalService } = {};
    const server = createServer(tls, (request, response) => service.made?.respond(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    service.made = new RenewalService(directory, server, tls.trust.caFile);
    return service.made;
  }

  private constructor(directory: string, server: Server, caFile: string) {
    this.#directory = directory;
    this.#server = server;
    this.caFile = caFile;
    this.root = this.ca('fleetseal prod root-1');
    this.#first = this.ca('fleetseal prod issuer-1', this.root);
    this.issuer = this.#first;
    this.bundle = this.root.pem;
    this.url = `https://localhost:${(server.address() as AddressInfo).port}/v1`;
  }

  /** Forgets what a test asked for. */
  reset(): void {
    this.requests.length = 0;
    this.renewals.length = 0;
    this.deployments.length = 0;
    this.given.clear();
    this.issuer = this.#first;
    this.retryAfter = 21_600;
    this.ahead = 0;
    this.window = [-3600, -1800];
    this.activation = { agent: 'automatic', commands: [], reason: '' };
    this.bundle = this.root.pem;
    this.published = [];
  }

  ca(name: string, above?: OpensslCa): OpensslCa {
    return new OpensslCa(mkdtempSync(join(this.#directory, 'ca-')), name, above);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The next responses to such requests, `POST /v1/renew`. */
  give(request: string, ...responses: readonly Given[]): void {
    this.given.set(request, [...responses]);
  }

  /** The response to the next such request is lost, after its effect. */
  lose(request: string): void {
    this.#lost.add(request);
  }

  /** A certificate for a request, PEM or base64 of DER; returns it with its issuer. */
  issue(csr: string, name: string, days = 30): Issued {
    const { keyKind, publicKey, der } = decodeCsr(csr);
    const serialNumber = newSerialNumber(randomBytes);
    const file = join(this.#directory, 'request.pem');
    writeFileSync(
      file,
      `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`,
    );
    const signed = this.issuer.sign(file, 'leaf', { serial: serialNumber, subject: `/CN=${name}`, days });
    const pem = readFileSync(signed, 'utf8');
    const issued = {
      serialNumber,
      name,
      keyKind,
      publicKey,
      pem,
      certificate: new Uint8Array(new X509Certificate(pem).raw),
    };
    this.#issued.set(serialNumber, issued);
    return issued;
  }

  /** Whether a certificate has a successor that confirmed. */
  isConfirmed(serialNumber: string): boolean {
    return this.#issued.get(serialNumber)?.successor?.confirmed === true;
  }

  get #now(): number {
    return Math.floor(Date.now() / 1000) + this.ahead;
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const what = `${request.method} ${request.url}`;
    this.requests.push(what);
    const body = Buffer.concat(chunks).toString();
    const given = this.given.get(what)?.shift() ?? (await this.#own(what, body).catch(refusal));
    if (this.#lost.delete(what)) return void request.socket.destroy();
    const headers = { date: new Date(this.#now * 1000).toUTCString(), ...given.headers };
    const text = typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? {});
    response.writeHead(given.status, headers).end(given.status === 204 ? '' : text);
  }

  async #own(what: string, body: string): Promise<Given> {
    if (what === 'GET /v1/trust.pem') return { status: 200, body: this.bundle };
    if (what === 'GET /v1/trust') return this.#trust();
    if (what.startsWith('GET /v1/renewal/')) return this.#renewal(what.slice('GET /v1/renewal/'.length));
    if (what === 'POST /v1/renew') return this.#renew(JSON.parse(body));
    if (what === 'POST /v1/renew/confirm') return this.#confirm(JSON.parse(body));
    return problem(404, 'not_found', 'Not found.');
  }

  #trust(): Given {
    const issuers = [{ id: 'issuer-1', certificate: this.issuer.pem }];
    const sha256 = createHash('sha256').update(this.bundle).digest('hex');
    return {
      status: 200,
      body: { roots: [], issuers, published: this.published, bundle: this.bundle, sha256 },
    };
  }

  #renewal(serialNumber: string): Given {
    if (!this.#issued.has(serialNumber)) return problem(404, 'certificate_not_found', 'Not found.');
    const [start, end] = this.window.map((at) => at + this.#now);
    const time = (at = 0) => toRfc3339(fromDate(new Date(at * 1000)));
    const suggestedWindow = { start: time(start), end: time(end) };
    return {
      status: 200,
      headers: { 'retry-after': `${this.retryAfter}` },
      body: { serialNumber, suggestedWindow, retryAfter: this.retryAfter, explanation: 'usual' },
    };
  }

  async #renew({ jws, deployment }: { jws: string; deployment?: unknown }): Promise<Given> {
    const proof = readRenewalProof({ jws });
    const serial =
      proof.reference && 'serialNumber' in proof.reference ? proof.reference.serialNumber : undefined;
    const old = this.#issued.get(serial ?? '');
    if (old === undefined || !(await proof.isMadeBy(old)))
      return problem(401, 'proof_rejected', 'The proof is not valid.');
    const stale = this.#staleness(proof.signedAt);
    if (stale) return stale;
    if (proof.audience !== `${this.url}/renew`)
      return problem(401, 'proof_rejected', `not for ${proof.audience}`);
    if (old.successor?.confirmed && old.successor.csr !== proof.csr)
      return problem(409, 'already_renewed', 'This certificate was renewed with another key.');
    this.renewals.push(proof);
    if (deployment !== undefined) this.deployments.push(deployment);
    const publicKeyOf = (csr: string) => decodeCsr(csr).publicKeySha256;
    const same = old.successor && publicKeyOf(old.successor.csr) === publicKeyOf(proof.csr);
    const issued =
      same && old.successor ? this.#issued.get(old.successor.serialNumber) : this.issue(proof.csr, old.name);
    if (!same && issued)
      old.successor = { csr: proof.csr, serialNumber: issued.serialNumber, confirmed: false };
    return {
      status: same ? 200 : 201,
      body: {
        serialNumber: issued?.serialNumber,
        certificate: issued?.pem,
        chain: [this.issuer.pem],
        caBundle: this.bundle,
        activation: this.activation,
        kit: KIT,
      },
    };
  }

  async #confirm(sent: { jws: string }): Promise<Given> {
    const proof = readConfirmationProof(sent);
    const successor = this.#issued.get(proof.predecessor)?.successor;
    const holder = successor && this.#issued.get(successor.serialNumber);
    if (!successor || !holder || !(await proof.isMadeBy(holder)))
      return problem(401, 'proof_rejected', 'The proof is not valid.');
    const stale = this.#staleness(proof.signedAt);
    if (stale) return stale;
    successor.confirmed = true;
    return { status: 204 };
  }

  #staleness(signedAt: number): Given | undefined {
    if (Math.abs(signedAt - this.#now) <= 300) return undefined;
    return problem(401, 'proof_not_fresh', `The proof is not of the last 5 minutes.`);
  }
}

/** A kit has members of the same names as the response. */
const KIT = {
  outputs: [{ kibanaApi: { create: { body: { ssl: { certificate: '/etc/fleetseal/agent.crt' } } } } }],
  chain: ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
  certificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
};

/** Of a request that the service's own readers refuse. @throws what is no refusal */
function refusal(error: unknown): Given {
  if (!(error instanceof AppError)) throw error;
  return problem(422, error.code, error.message);
}

/** A problem document. */
export function problem(status: number, code: string, detail: string): Given {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: `urn:fleetseal:problem:${code}`, title: code, status, detail, code, requestId: 'r-1' },
  };
}
