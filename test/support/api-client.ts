import { createHash, createHmac } from 'node:crypto';
import { type Agent, request } from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';
import { textAt, textsAt } from './json.ts';

/** What an HTTP client of the API needs to know of it. */
export interface ApiAddress {
  /** `https://localhost:<port>`. */
  readonly url: string;
  /** PEM of the CA that issued the endpoint's certificate. */
  readonly caPem: string;
  readonly region: string;
  /** Keeps connections open between requests. @default - a connection for each request */
  readonly connections?: Agent;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly json: unknown;
}

/** What a host takes from the answer to its enrollment, all PEM. */
export interface Issued {
  readonly certificate: string;
  readonly chain: readonly string[];
  readonly caBundle: string;
}

/** @throws Error where the answer is not of an enrollment. */
export function issuedIn({ json }: ApiAnswer): Issued {
  return {
    certificate: textAt(json, 'certificate'),
    chain: textsAt(json, 'chain'),
    caBundle: textAt(json, 'caBundle'),
  };
}

export interface ApiRequest {
  readonly method?: string;
  /** With query, for example `/v1/certificates?limit=2`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is where it is a string. */
  readonly body?: unknown;
  /** Signed with SigV4 where given. */
  readonly credentials?: Credentials;
  /** Time that the signature claims; default now. */
  readonly signingDate?: Date;
}

/** Sends one request to the API over TLS, as a host or an administrator would. */
export async function callApi(
  api: ApiAddress,
  { method = 'GET', path, ...rest }: ApiRequest,
): Promise<ApiAnswer> {
  const url = new URL(path, api.url);
  const body =
    rest.body === undefined ? '' : typeof rest.body === 'string' ? rest.body : JSON.stringify(rest.body);
  const plain: Record<string, string> = {
    host: url.host,
    ...(rest.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...rest.headers,
  };
  const headers = rest.credentials
    ? await signed(api.region, rest.credentials, { method, url, headers: plain, body }, rest.signingDate)
    : plain;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers, ca: api.caPem, agent: api.connections ?? false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: parsed(text) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function signed(
  region: string,
  credentials: Credentials,
  message: { method: string; url: URL; headers: Record<string, string>; body: string },
  signingDate = new Date(),
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const { url, method, headers, body } = message;
  const query = Object.fromEntries(url.searchParams);
  const target = {
    method,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers,
    body,
    protocol: 'https:',
  };
  return (await signer.sign(target, { signingDate })).headers;
}

/** node:crypto in the form that the signer wants. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key =
      typeof secret === 'string' || secret === undefined ? secret : new Uint8Array(secret as ArrayBuffer);
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
