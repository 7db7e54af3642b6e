import { setTimeout } from 'node:timers/promises';
import { excerpt } from '../errors/excerpt.ts';
import { FleetError } from '../revocation/ports.ts';

/** How to reach Kibana. */
export interface KibanaOptions {
  /** With the path of the space, without a final slash. */
  readonly url: string;
  /**
   * The API key, encoded as Kibana shows it (base64 of id and key).
   * @param fresh whether to read it again, because Kibana refused the last one.
   */
  readonly apiKey: (fresh: boolean) => Promise<string>;
  /** For one answer. @default 10000 */
  readonly timeoutMilliseconds?: number;
  /** Uniform in [0, 1), for the jitter. @default Math.random */
  readonly random?: () => number;
  /** Waits that many milliseconds. @default a timer */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** What Kibana answered: 200, 400 or 404. */
export interface KibanaAnswer {
  readonly status: number;
  readonly json: unknown;
}

const ATTEMPTS = 4;

/** The longest pause, in milliseconds, also where Kibana asks for a longer one. */
const LONGEST_PAUSE = 10_000;

/** Statuses that say nothing of the request itself. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The version of Kibana's public APIs (Kibana developer guide, "Versioning HTTP APIs"). */
const VERSION = '2023-10-31';

/**
 * Calls Kibana: up to four times where it is busy or out of reach, and with the API key read again where it refuses the
 * last one, which may have been replaced. Redirects are not followed: they would carry the key elsewhere.
 *
 * @throws FleetError
 */
export async function callKibana(
  options: KibanaOptions,
  request: { readonly method: 'GET' | 'POST'; readonly path: `/${string}`; readonly body?: object },
): Promise<KibanaAnswer> {
  const { random = Math.random, pause = setTimeout } = options;
  let fresh = false;
  for (let attempt = 1; ; attempt++) {
    const answer = await tryOnce(options, request, fresh);
    if (!(answer instanceof Failure)) return answer;
    const refusedKey = answer.status === 401 && !fresh;
    if (attempt === ATTEMPTS || !(refusedKey || answer.transient))
      throw new FleetError(`${request.method} ${request.path}: ${answer.message}`);
    if (refusedKey) fresh = true;
    else await pause(Math.min(LONGEST_PAUSE, Math.max(answer.retryAfter, random() * 250 * 2 ** attempt)));
  }
}

/** An answer that is none. */
class Failure {
  readonly message: string;
  readonly transient: boolean;
  readonly status: number | undefined;
  /** Milliseconds. */
  readonly retryAfter: number;

  constructor(message: string, { status, retryAfter = 0 }: { status?: number; retryAfter?: number } = {}) {
    this.message = message;
    this.status = status;
    this.transient = status === undefined || TRANSIENT.has(status);
    this.retryAfter = retryAfter;
  }
}

async function tryOnce(
  { url, apiKey, timeoutMilliseconds = 10_000 }: KibanaOptions,
  { method, path, body }: Parameters<typeof callKibana>[1],
  fresh: boolean,
): Promise<KibanaAnswer | Failure> {
  const authorization = `ApiKey ${await apiKey(fresh)}`;
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization,
        'elastic-api-version': VERSION,
        'kbn-xsrf': 'fleetseal',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    const { status } = response;
    const text = await response.text();
    if (status === 200 || status === 400 || status === 404) return { status, json: parse(text) };
    const seconds = Number(response.headers.get('retry-after') ?? 0);
    return new Failure(`Kibana answered ${status}: ${messageOf(parse(text))}`, {
      status,
      retryAfter: Number.isFinite(seconds) ? seconds * 1000 : 0,
    });
  } catch (error) {
    return new Failure(`Kibana cannot be reached: ${reasonOf(error)}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What Kibana says of an error, in at most 200 characters: `{ "statusCode": 403, "error": "Forbidden", "message": "..." }`. */
export function messageOf(json: unknown): string {
  const { message } = (json ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? excerpt(message, 200) : 'no message';
}

/** fetch says "fetch failed", and why in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = (error ?? {}) as { readonly message?: unknown; readonly cause?: unknown };
  if (cause !== undefined) return reasonOf(cause);
  return typeof message === 'string' && message !== '' ? excerpt(message, 200) : 'unknown';
}
