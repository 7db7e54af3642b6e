import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or empty. */
  readonly body: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** API Gateway ends a request after 29 s. */
const TIMEOUT_MS = 30_000;

/** A page of 100 certificates has about 100 KB; nothing that we ask for has more than a few. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Connections of one command, kept open between its requests. Honours HTTPS_PROXY and NO_PROXY where Node can. */
export function createAgent(
  ca: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Agent {
  return new Agent({ keepAlive: true, proxyEnv: { ...env }, ...(ca === undefined ? {} : { ca }) });
}

/** Sends one request over TLS. @throws Error of node:https where no whole answer came. */
export async function send(agent: Agent, { method, url, headers, body }: ApiRequest): Promise<ApiResponse> {
  const sent = request(url, {
    method,
    agent,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  sent.end(body);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
  });
  return { status: answer.statusCode ?? 0, headers: headersOf(answer), text: await readText(answer) };
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Without those that come more than once, as only set-cookie does. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
