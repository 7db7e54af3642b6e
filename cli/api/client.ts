import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command-error.ts';
import { plain } from '../output/plain.ts';
import type { Terminal } from '../terminal.ts';
import type { Connection } from './connection.ts';
import { parseJson, readProblem } from './problem.ts';
import { networkError, refusal } from './refusal.ts';
import { isTransient, waitOf } from './retry.ts';
import { type ApiRequest, type ApiResponse, createAgent, send } from './send.ts';

export interface CallOptions {
  readonly method?: ApiRequest['method'];
  /** Values are encoded; those that are undefined are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Signed with SigV4. @default true */
  readonly signed?: boolean;
  /** Whether it can be sent again when nobody knows if it took effect. @default - every method but POST */
  readonly repeatable?: boolean;
}

/** The HTTP API of the service. */
export interface Api {
  readonly baseUrl: string;
  /**
   * The JSON of the answer; undefined where it has no body.
   *
   * @param path below the version, encoded: `/tokens/A1b2`. See {@link pathOf}.
   * @throws CommandError with the problem where the service refused it, `unavailable` where it can't be reached.
   */
  call(path: string, options?: CallOptions): Promise<unknown>;
  /**
   * The same for an answer that is text.
   *
   * @param accept - its media types, as the header Accept lists them
   */
  text(path: string, accept: string, options?: CallOptions): Promise<string>;
}

/** What goes out of the process: an argument, so that tests need neither a network nor time. */
export interface Wire {
  send(request: ApiRequest): Promise<ApiResponse>;
  sleep(milliseconds: number): Promise<unknown>;
}

/** How often one request is sent, and for how many seconds all its waits may last. */
const LIMITS = { attempts: 5, waitSeconds: 60 } as const;

/** @example pathOf`/tokens/${id}` */
export function pathOf(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: texts }, ...values.map(encodeURIComponent));
}

/** @param wire - HTTPS, and the time */
export function createApi(
  connection: Connection,
  terminal: Terminal,
  wire: Wire = createWire(connection, terminal),
): Api {
  async function answerTo(path: string, accept: string, options: CallOptions): Promise<ApiResponse> {
    const { signed = true, method = 'GET', repeatable = method !== 'POST' } = options;
    const request = requestOf(connection.baseUrl, path, accept, options);
    const attempt = async () => {
      const headers = signed ? await connection.sign(request) : request.headers;
      return wire.send({ ...request, headers });
    };
    const answer = await persist(attempt, { repeatable, terminal, wire, url: request.url });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw refusal(answer, readProblem(parseJson(answer.text)), terminal.now());
  }
  return {
    baseUrl: connection.baseUrl,
    call: async (path, options = {}) => jsonOf(await answerTo(path, 'application/json', options)),
    text: async (path, accept, options = {}) => textOf(await answerTo(path, accept, options), accept),
  };
}

function createWire({ ca }: Connection, { env }: Terminal): Wire {
  const agent = createAgent(ca, env);
  return { send: (request) => send(agent, request), sleep };
}

function requestOf(
  baseUrl: string,
  path: string,
  accept: string,
  { method = 'GET', query = {}, body }: CallOptions,
): ApiRequest {
  const url = new URL(`${baseUrl}${path}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  if (/fst_[0-9A-Za-z]+_/.test(url.href))
    throw new CommandError(
      'usage',
      'A bootstrap token stands where something else belongs. It is not sent, since addresses are logged.',
    );
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  return {
    method,
    url,
    headers: { accept, 'user-agent': 'fleetseal-cli', ...content },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

interface Persistence {
  readonly repeatable: boolean;
  readonly terminal: Terminal;
  readonly wire: Wire;
  readonly url: URL;
}

/** Tries again while that can help and there is time left. */
async function persist(
  attempt: () => Promise<ApiResponse>,
  { repeatable, terminal, wire, url }: Persistence,
): Promise<ApiResponse> {
  let waited = 0;
  for (let tried = 1; ; tried += 1) {
    const outcome = await attempt().catch((error: unknown) => networkError(error, url));
    const wait = secondsToWait(outcome, repeatable, tried);
    if (wait === undefined || tried === LIMITS.attempts || waited + wait > LIMITS.waitSeconds)
      return orThrow(outcome);
    waited += wait;
    terminal.progress(`Trying again in ${wait} s (attempt ${tried + 1} of ${LIMITS.attempts})`);
    await wire.sleep(wait * 1000);
    terminal.progress('');
  }
}

function secondsToWait(
  outcome: ApiResponse | CommandError,
  repeatable: boolean,
  tried: number,
): number | undefined {
  if (!(outcome instanceof CommandError)) return waitOf(outcome, repeatable);
  return repeatable && isTransient(outcome.cause) ? 2 ** (tried - 1) : undefined;
}

function orThrow(outcome: ApiResponse | CommandError): ApiResponse {
  if (outcome instanceof CommandError) throw outcome;
  return outcome;
}

function jsonOf({ text }: ApiResponse): unknown {
  const json = parseJson(text);
  if (text === '' || json !== undefined) return json;
  throw foreign('JSON', text);
}

function textOf({ headers, text }: ApiResponse, accept: string): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (type !== '' && accept.split(', ').includes(type)) return text;
  throw foreign(accept, text);
}

function foreign(expected: string, text: string): CommandError {
  return new CommandError(
    'unavailable',
    `The answer is not ${expected}, so it does not come from fleetseal: ${plain(text, 80)} Check the address.`,
  );
}
