import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import { type ApiAnswer, type ApiRequest, callApi, issuedIn } from '../support/api-client.ts';
import type { TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at, textAt } from '../support/json.ts';
import { makeJws } from '../support/proofs.ts';

/** A certificate as its host keeps it, and the trust bundle that came with it; both PEM. */
export interface Issued {
  readonly serialNumber: string;
  readonly issuer: string;
  /** The leaf and what the host sends with it. */
  readonly chain: string;
  readonly bundle: string;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** When to renew it, as the answer said. */
  readonly window: Window;
}

/** A period in which the service suggests to renew, in seconds since 1970. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** What a host makes of an answer: what it asked for, to come back later, or a refusal with its code. */
export type Outcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'later'; readonly why: string }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

/** The requests of hosts, as their scripts make them, with proofs as JWS. Each asks once: hosts come back by themselves. */
export class Service {
  readonly #cloud: TestCloud;
  readonly #connections = new Agent({ keepAlive: true });
  requests = 0;

  constructor(cloud: TestCloud) {
    this.#cloud = cloud;
  }

  close(): void {
    this.#connections.destroy();
  }

  enroll(
    token: string,
    request: { name: string; dnsNames: readonly string[] },
    key: KeyObject,
  ): Promise<Outcome<Issued>> {
    const body = { csr: makeCsr({ privateKey: key }).pem, ...request };
    return this.#post('/v1/enroll', body, issuedOf, { authorization: `Bearer ${token}` });
  }

  /** @param trustSha256 of the bundle on the host's disk. */
  renew(current: Issued, key: KeyObject, newKey: KeyObject, trustSha256: string): Promise<Outcome<Issued>> {
    const csr = makeCsr({ privateKey: newKey }).pem;
    const claims = { csr, serialNumber: current.serialNumber, trustSha256 };
    const jws = this.#proof(key, claims, { 'x5t#S256': thumbprint(current.chain) });
    return this.#post('/v1/renew', { jws }, issuedOf);
  }

  /** @param predecessor serial number of the certificate that was renewed; `key` is the new one. */
  confirm(predecessor: string, key: KeyObject): Promise<Outcome<true>> {
    const jws = this.#proof(key, { serialNumber: predecessor }, {});
    return this.#post('/v1/renew/confirm', { jws }, () => true);
  }

  window(serialNumber: string): Promise<Outcome<Window>> {
    return this.#ask({ path: `/v1/renewal/${serialNumber}` }, ({ json }) => ({
      start: Date.parse(textAt(json, 'suggestedWindow.start')) / 1000,
      end: Date.parse(textAt(json, 'suggestedWindow.end')) / 1000,
    }));
  }

  bundle(): Promise<Outcome<string>> {
    return this.#ask({ path: '/v1/trust.pem' }, ({ text }) => text);
  }

  /** As the administrator. @throws Error where it is not done after 20 tries. */
  async admin(method: string, path: string, body?: unknown): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#send({
        method,
        path,
        credentials: this.#cloud.local.admin,
        ...(body === undefined ? {} : { body }),
      }).catch(() => undefined);
      if (answer !== undefined && answer.status < 300) return answer.json;
      if ((answer !== undefined && answer.status < 500) || tries === 20)
        throw new Refused(`${method} ${path}: ${answer?.status} ${answer?.text}`, answer?.json);
    }
  }

  #post<Value>(
    path: string,
    body: object,
    read: (answer: ApiAnswer) => Value,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Outcome<Value>> {
    return this.#ask({ method: 'POST', path, headers, body }, read);
  }

  async #ask<Value>(request: ApiRequest, read: (answer: ApiAnswer) => Value): Promise<Outcome<Value>> {
    const answer = await this.#send(request).catch((error: Error) => error);
    if (answer instanceof Error) return { kind: 'later', why: answer.message };
    if (answer.status < 300) return { kind: 'done', value: read(answer) };
    if (answer.status === 429 || answer.status >= 500) return { kind: 'later', why: `${answer.status}` };
    const { code, detail } = { code: at(answer.json, 'code'), detail: at(answer.json, 'detail') };
    return { kind: 'refused', code: String(code), detail: String(detail) };
  }

  #send(request: ApiRequest): Promise<ApiAnswer> {
    this.requests += 1;
    const { local } = this.#cloud;
    const signingDate = new Date(local.clock.now());
    return callApi({ ...local, connections: this.#connections }, { signingDate, ...request });
  }

  #proof(privateKey: KeyObject, claims: object, header: object): string {
    const { clock, url } = this.#cloud.local;
    const payload = { ...claims, iat: Math.floor(clock.now() / 1000), aud: url };
    return makeJws({ privateKey, keyKind: kindOf(privateKey) }, payload, header);
  }
}

/** The service refused what an administrator asked. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: unknown;

  constructor(message: string, problem: unknown) {
    super(message);
    this.problem = problem;
  }
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): KeyKind {
  if (asymmetricKeyType === 'ed25519') return 'ed25519';
  return asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'p384' : 'p256';
}

/** Hex SHA-256 of a trust bundle, as the service names it. */
export function sha256Of(bundle: string): string {
  return createHash('sha256').update(bundle).digest('hex');
}

function thumbprint(chain: string): string {
  return createHash('sha256').update(new X509Certificate(chain).raw).digest('base64url');
}

function issuedOf(answer: ApiAnswer): Issued {
  const { json } = answer;
  const { certificate, chain, caBundle } = issuedIn(answer);
  return {
    serialNumber: textAt(json, 'serialNumber'),
    issuer: textAt(json, 'issuer'),
    chain: [certificate, ...chain].join(''),
    bundle: caBundle,
    notBefore: Date.parse(textAt(json, 'notBefore')) / 1000,
    notAfter: Date.parse(textAt(json, 'notAfter')) / 1000,
    window: {
      start: Date.parse(textAt(json, 'renewal.from')) / 1000,
      end: Date.parse(textAt(json, 'renewal.until')) / 1000,
    },
  };
}
